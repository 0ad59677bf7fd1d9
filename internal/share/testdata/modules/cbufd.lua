local cbufd = require "cbufd"

function process_message()
    local t = cbufd.grammar:match("header\n1\t2\t3\n2\tnan\t-4\n3\t-4.56\t5.67\n")
    local nan = t[2][1]
    equal("nan", nan ~= nan, true)
    t[2][1] = "nan"
    equal("cbufd", t, {header = "header", {time = 1e9, 2, 3}, {time = 2e9, "nan", -4}, {time = 3e9, -4.56, 5.67}})
    equal("more numbers", cbufd.grammar:match("h\n1\tinf\t-inf\t1.5e+20\n")[1], {time = 1e9, 1/0, -1/0, 1.5e20})
    equal("bogus", cbufd.grammar:match("header\n"), nil)
    return 0
end
