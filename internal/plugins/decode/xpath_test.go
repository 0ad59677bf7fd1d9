package decode

import (
	"strings"
	"testing"
)

const library = `<library><!-- Great book. --><book id="b0836217462"><isbn>0836217462</isbn>` +
	`<title lang="en">Being a Dog Is a Full-Time Job</title><author id="CMS"><name>Charles M Schulz</name></author>` +
	`<character id="PP"><name>Peppermint Patty</name><born>1966-08-22</born></character>` +
	`<?echo "go rocks"?><character id="Snoopy"><name>Snoopy</name><born>1950-10-04</born></character></book></library>`

func TestPaths(t *testing.T) {
	var tree xtree
	if err := tree.parse(library); err != nil {
		t.Fatal(err)
	}
	const none = "(none)"
	for _, c := range []struct{ path, want string }{
		{"library/*/isbn", "0836217462"},
		{"/library/book/character[born='1950-10-04']/name", "Snoopy"},
		{"/library/book/character[2]/name", "Snoopy"},
		{"/library/book//node()[@id='PP']/name", "Peppermint Patty"},
		{"//book[author/@id='CMS']/title", "Being a Dog Is a Full-Time Job"},
		{"/library/book/preceding::comment()", " Great book. "},
		{"/library/book/../book/./isbn", "0836217462"},
		{"/library/book/character[3]/name", none},
		{"/", "0836217462Being a Dog Is a Full-Time JobCharles M SchulzPeppermint Patty1966-08-22Snoopy1950-10-04"},
		{"//title/@lang", "en"},
		{"//title/attribute::*", "en"},
		{"//@id", "b0836217462"},
		{"//processing-instruction()", `"go rocks"`},
		{"//processing-instruction('echo')", `"go rocks"`},
		{"//processing-instruction('other')", none},
		{"//character/descendant::text()", "Peppermint Patty"},
		{"//born[ . = \"1950-10-04\" ]/preceding-sibling::name", "Snoopy"},
		{"//character[1]/following-sibling::character/name", "Snoopy"},
		{"//character[2]/preceding-sibling::*[1]/@id", "PP"},
		{"//character[2]/preceding-sibling::node()[1]", `"go rocks"`},
		{"//character[2]/preceding::name[2]", "Charles M Schulz"},
		{"//author/following::name[1]", "Peppermint Patty"},
		{"//name[..='x']", none},
		{"//name/ancestor::book/@id", "b0836217462"},
		{"//name/ancestor-or-self::name", "Charles M Schulz"},
		{"//name/parent::character/@id", "PP"},
		{"//x:name", "Charles M Schulz"},
		{"/book", none},
		{"//name[/library]", "Charles M Schulz"},
		{"//isbn/self::isbn", "0836217462"},
		{"..", none},
	} {
		path, err := parseXPath(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		got := none
		nodes, err := tree.find(path, 0)
		if len(nodes) > 0 {
			got = tree.value(nodes[0])
		}
		if err != nil || got != c.want {
			t.Errorf("%s: got %q (%v), want %q", c.path, got, err, c.want)
		}
	}
}

func TestBadPaths(t *testing.T) {
	for _, path := range []string{
		"", "a[", "a[]", "a[0]", "a[1", "a[99999999999999999999]", "a[b=]", "a[b=c]", "a[1][2]", "a|b", "count(a)", "a+b",
		"a/", "//", "wrong::a", "@a::b", "text(", "a[b='c]", "a b", strings.Repeat("a[", 100) + "b" + strings.Repeat("]", 100),
	} {
		if _, err := parseXPath(path); err == nil {
			t.Errorf("%q is taken", path)
		}
	}
}

func TestPathsGiveUp(t *testing.T) {
	var tree xtree
	if err := tree.parse("<a>" + strings.Repeat("<b/>", 10000) + "</a>"); err != nil {
		t.Fatal(err)
	}
	path, err := parseXPath("//b/following::b/preceding::b[x]")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.find(path, 0); err != errVisits {
		t.Errorf("error %v", err)
	}
}

func FuzzXML(f *testing.F) {
	f.Add(library, "//book[author/@id='CMS']/title")
	f.Add("<a b='c'><!--d--><?e f?>g&amp;</a>", "//@b/preceding::node()[1]")
	f.Add("<a><b/></a>", "b/..//*[ancestor-or-self::a='']")
	f.Fuzz(func(t *testing.T, document, path string) {
		x, err := parseXPath(path)
		if err != nil {
			return
		}
		var tree xtree
		if tree.parse(document) != nil {
			return
		}
		nodes, err := tree.find(x, 0)
		if err != nil && err != errVisits {
			t.Fatal(err)
		}
		for i, n := range nodes {
			if i > 0 && nodes[i-1] >= n || n >= len(tree.nodes) {
				t.Fatalf("nodes %v", nodes)
			}
			tree.value(n)
		}
	})
}
