package split

import (
	"encoding/base64"
	"errors"
	"log/slog"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/plugin"
)

// framed finds the records of Heka's stream format and takes off their
// envelope.
type framed struct {
	keys               *framing.Keys
	skipAuthentication bool
	maxMessage         int
	log                *slog.Logger
}

func newFraming(c *framingConfig, env *plugin.Env) (plugin.Splitter, error) {
	keys := make(map[string]framing.Key, len(c.Signer))
	var problems []error
	for name, s := range c.Signer {
		if _, ok := framing.SplitKeyName(name); !ok {
			env.Log.Warn("signer section without effect: its name is not <signer>_<version>", "signer", name)
		}
		key, err := s.key()
		if err != nil {
			problems = append(problems, plugin.BadOption("signer."+name, "%w", err))
		}
		keys[name] = key
	}
	return &framed{
		keys:               framing.NewKeys(keys),
		skipAuthentication: c.SkipAuthentication,
		maxMessage:         env.MaxMessageSize,
		log:                env.Log,
	}, errors.Join(problems...)
}

func (s signerConfig) key() (framing.Key, error) {
	if s.PublicKey == "" {
		return framing.SecretKey([]byte(s.HMACKey)), nil
	}
	if s.HMACKey != "" {
		return framing.Key{}, errors.New("hmac_key and public_key exclude each other")
	}
	public, err := base64.StdEncoding.DecodeString(s.PublicKey)
	if err != nil {
		return framing.Key{}, err
	}
	return framing.PublicKey(public)
}

// Split implements plugin.Splitter. The record is the whole frame.
//
// hot: once per record.
func (s *framed) Split(data []byte, final bool) (int, []byte) {
	n, frame, problem := framing.Next(data, s.maxMessage, false)
	if frame == nil && final && startsFalsely(data[n:]) {
		n, frame, problem = framing.Next(data, s.maxMessage, true)
	}
	if problem != nil {
		s.log.Warn(problem.Error())
	}
	return n, frame
}

// startsFalsely reports whether what looks like the beginning of a frame has not
// even a whole header. What comes after a whole header is left alone, since it is
// the body of a frame: a sender that pauses must not have it searched for frames.
func startsFalsely(rest []byte) bool {
	return len(rest) > 0 && (len(rest) < 2 || len(rest) < int(rest[1])+3)
}

// Unframe implements plugin.Unframer.
func (s *framed) Unframe(record []byte) (body []byte, signer string, err error) {
	n, frame, _ := framing.Next(record, s.maxMessage, false)
	if frame == nil || n != len(record) {
		return nil, "", plugin.Refused("incomplete", errors.New("record is not a whole frame"))
	}
	if !s.skipAuthentication {
		if signer, err = s.keys.Verify(frame); err != nil {
			return nil, "", plugin.Refused("signature", err)
		}
	}
	return frame.Body(), signer, nil
}
