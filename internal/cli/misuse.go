package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// misusedFlag makes what pflag says about a flag plain: which flag, which value,
// what it must be.
func misusedFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, "--"+f.Name)
			}
		})
		err = fmt.Errorf("%w%s", err, suggestion("--"+unknown.GetSpecifiedName(), names))
	case errors.As(err, &value):
		err = fmt.Errorf("--%s is %q; %w", value.GetFlag().Name, value.GetValue(), wanted(value.GetFlag(), value.Unwrap()))
	case errors.As(err, &missing):
		f := missing.GetFlag()
		err = fmt.Errorf("--%s needs a value: %s", f.Name, cmp.Or(plainValues[f.Value.Type()], f.Value.Type()))
	}
	return misused("%w\nRun '%s --help' for usage.", err, c.CommandPath())
}

// wanted says what the value of a flag must be, or what is wrong with the one that
// it has.
func wanted(f *pflag.Flag, cause error) error {
	what := plainValues[f.Value.Type()]
	var e *strconv.NumError
	switch {
	case what == "":
		return cause
	case errors.Is(cause, strconv.ErrRange) && errors.As(cause, &e) && strings.HasPrefix(e.Num, "-"):
		return errors.New("that is too small")
	case errors.Is(cause, strconv.ErrRange):
		return errors.New("that is too large")
	}
	return fmt.Errorf("it must be %s", what)
}

// plainValues describes the values of flags by their types.
var plainValues = map[string]string{
	"uint": "a whole number from 0 on", "uint32": "a whole number from 0 on", "uint64": "a whole number from 0 on",
	"int": "a whole number", "int32": "a whole number", "int64": "a whole number",
	"float64": "a number such as 2.5", "bool": "true or false",
	"duration": "a duration such as 500ms, 30s or 1m30s",
	"string":   "a text", "stringArray": "a text",
}

// noArguments refuses all arguments.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if c.Flags().Lookup("config") != nil && !c.Flags().Changed("config") && strings.HasSuffix(args[0], ".toml") {
		hint = "; to name a configuration write --config " + args[0]
	}
	return misused("%s takes flags alone, but there is %q%s\nRun '%[1]s --help' for usage.", c.CommandPath(), args[0], hint)
}

// noSuchCommand is the error of a group of commands for a name that none has: it
// names one that is spelled alike, or those of the same name in other groups.
func noSuchCommand(c *cobra.Command, name string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	hint := suggestion(name, names)
	if hint == "" {
		var paths []string
		for _, group := range c.Root().Commands() {
			if found, _, err := group.Find([]string{name}); err == nil && found != group {
				paths = append(paths, strconv.Quote(found.CommandPath()))
			}
		}
		if len(paths) > 0 {
			hint = "; did you mean " + oneOf(paths) + "?"
		}
	}
	return misused("%s has no command %q%s\nRun '%[1]s --help' for usage.", c.CommandPath(), name, hint)
}
