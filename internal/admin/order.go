package admin

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strconv"
)

// parts reads an order from the parts of a form, each of which comes once.
func (o *SandboxOrder) parts(body io.Reader, boundary string) error {
	if boundary == "" {
		return errors.New("the form has no boundary")
	}
	form := multipart.NewReader(body, boundary)
	seen := make(map[string]bool)
	for {
		p, err := form.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name := p.FormName()
		if seen[name] {
			return fmt.Errorf("the part %q comes twice", name)
		}
		seen[name] = true
		text, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		switch name {
		case "manager":
			o.Manager = string(text)
		case "config":
			o.Config = string(text)
		case "script":
			o.Script = string(text)
		case "replace":
			if o.Replace, err = strconv.ParseBool(string(text)); err != nil {
				return errors.New("replace is neither true nor false")
			}
		default:
			return fmt.Errorf("there is no part %q; there are config, script, manager and replace", name)
		}
	}
}
