package logstream

import "slices"

// Reading a directory takes time, and a file that is renamed meanwhile may be
// missed, or seen under both names. Whoever went on by such a listing would leave
// files out. A listing is steady for a stream if nothing was renamed in its
// directories from shortly before the scan to its end, or if the scan before has
// found the very same files under the very same names: a rotation gives names to
// other files, so that two scans which it has disturbed, or of which it came in
// between, differ.

// rescans is how often at once a listing is made anew while it is not steady.
const rescans = 5

// settle finds out for which streams the listing is not steady. before is the
// listing of the scan before, or nil.
func (l *Listing) settle(before *Listing) {
	var differ []string
	for name, s := range l.all {
		if before == nil || !s.sameFiles(before.all[name]) {
			differ = append(differ, name)
		}
	}
	if before != nil {
		for name := range before.all {
			if l.all[name] == nil {
				differ = append(differ, name)
			}
		}
	}
	if len(differ) == 0 || l.quiet() {
		return
	}
	l.unsteady = make(map[string]bool, len(differ))
	for _, name := range differ {
		l.unsteady[name] = true
	}
}

// sameFiles reports whether o has the same files under the same names.
func (s *found) sameFiles(o *found) bool {
	same := func(a, b File) bool { return a.Path == b.Path && a.ID == b.ID }
	return o != nil && slices.EqualFunc(s.Files, o.Files, same) && slices.EqualFunc(s.Aged, o.Aged, same)
}

// quiet reports whether no directory has changed during the scan or shortly before.
func (l *Listing) quiet() bool {
	for i := range l.dirs {
		if l.dirs[i].changed() {
			return false
		}
	}
	return true
}

// unsteady reports whether a listing may have missed files of the stream, and is
// therefore not to be used.
func (f *Follower) unsteady(l *Listing) bool {
	if !l.unsteady[f.name] {
		f.list.shaken.resolve()
		return false
	}
	return f.list.shaken.lasts()
}
