//go:build !unix

package netconf

import "errors"

func duplicate(int) (int, error) { return 0, errors.ErrUnsupported }
