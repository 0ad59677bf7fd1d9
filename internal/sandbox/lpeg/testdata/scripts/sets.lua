-- Sets, ranges, classes; every byte is a byte.
local lpeg = require "lpeg"

local function members(set)
   local list = {}
   for c = 0, 255 do
      if lpeg.match(set, string.char(c)) then list[#list + 1] = string.char(c) end
   end
   return table.concat(list)
end

equal(members(S"abc"), "abc")
equal(members(S""), "")
equal(members(R()), "")
equal(members(R("ac", "xz", "bd")), "abcdxyz")
equal(members(R"ca"), "")
equal(members(R"aa"), "a")
equal(members(R("\0\1", "\254\255")), "\0\1\254\255")
equal(members(R"\0\255"), members(1))
equal(members(S"\0\128\200\255"), "\0\128\200\255")
equal(members(S"abc" + R"bd"), "abcd")
equal(members(S"abc" - P"b"), "ac")
equal(members(1 - R"\1\255"), "\0")
equal(members(P(1) - S"\0" - R"\2\255"), "\1")
equal(members("a" + P"b" + S"cd"), "abcd")
equal(#members(-P"a" * 1), 255)
equal(members(#S"ab" * S"bc"), "b")
fails("bad argument #1 to 'R' (range must have two characters)", function() return lpeg.R"abc" end)
fails("bad argument #2 to 'R' (range must have two characters)", function() return lpeg.R("ab", "") end)

local t = {}
equal(lpeg.locale(t) == t, true)
local digit, lower, upper = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
for _, class in ipairs{t, lpeg.locale()} do
   equal(members(class.digit), digit)
   equal(members(class.lower), lower)
   equal(members(class.upper), upper)
   equal(members(class.alpha), upper .. lower)
   equal(members(class.alnum), digit .. upper .. lower)
   equal(members(class.xdigit), digit .. "ABCDEFabcdef")
   equal(members(class.space), "\t\n\v\f\r ")
   equal(members(class.punct), "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
   equal(members(class.graph), members(class.alnum + class.punct))
   equal(members(class.print), " " .. members(class.graph))
   equal(members(class.cntrl), members(R"\0\31" + "\127"))
end

-- Zero bytes and bytes above 127 in texts and subjects.
gives(P"\0\0" * C"\0", "\0\0\0", "\0")
no(P"\0\0", "\0")
gives(C"\200\201\255", "\200\201\255", "\200\201\255")
gives((1 - P"\0")^0, "ab\0cd", 3)
gives((1 - S"\0\255")^0 * Cp(), "ab\255", 3)
gives(P"\0"^0, ("\0"):rep(300), 301)
gives(C(R"\128\255"^1), "\128\200\255a", "\128\200\255")
