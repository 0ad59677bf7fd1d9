-- Words, windows, distances.

local nan, inf = 0 / 0, 1 / 0
local function near(got, want, what)
  if type(got) ~= "number" or math.abs(got - want) > 1e-6 then error(string.format("%s: got %s, want %s", what, tostring(got), want), 2) end
end
local function distance(a, b, ...)
  local got, want = {sax.mindist(a, b)}, {...}
  same(#got, #want)
  for i, d in ipairs(want) do near(got[i], d, tostring(a) .. " " .. tostring(b) .. " " .. i) end
end

-- words
for _, c in ipairs{
  {{10.3, 7, 1, -5, -5, 7.2}, 2, 8, "FC"},
  {{16, 18, 12, 24, 11, 15, 16, 12, 17}, 3, 5, "CDC"},
  {{inf, inf, inf, inf, inf, inf, -inf, -inf, -inf}, 3, 5, "EEA"},
  {{nan, nan, 1, 2}, 2, 4, "#C"},
  {{inf, -inf, 1, 2}, 2, 4, "#C"},
  {{nan, nan, nan, nan}, 2, 4, "##"},
  {{nan, 1, 1, 5}, 2, 4, "AC"},
  {{5, 5, 5, 5}, 2, 3, "BB"},
  {{5, 5, 5, 5.001}, 2, 4, "CC"},
  {{1, 2}, 2, 2, "AB"},
  {{inf, 1, 1, 1}, 2, 4, "DC"},
} do
  local w = sax.word.new(c[1], c[2], c[3])
  same(tostring(w), c[4])
  same(output(w), c[4])
end

-- windows
local win = sax.window.new(100, 5, 8)
for i = 0, 999999 do win:add(i) end
same(tostring(win), "ABEGH")
win = sax.window.new(4, 2, 4)
same(tostring(win), "##")
win:add(23)
same(tostring(win), "#C")
win:add({1, 2, 3, 10.1})
same(tostring(win), "AD")
same(tostring(win:get_word()), "AD")
local word = win:get_word()
win:clear()
same(tostring(win), "##")
same(tostring(word), "AD", "a word stays")
win:add({9, 9, 9, 9, 9, 1, 2, 3, 10.1})
same(output(win), "AD")
win:add({})
same(output(win), "AD")
win:add("11")
same(output(win), "AD")

-- comparison
same(win == sax.word.new("AD", 4), true)
same(sax.word.new("AD", 4) == win, true)
same(sax.word.new("AD", 4) == sax.word.new("AD", 4), true)
same(sax.word.new("AD", 4) == sax.word.new("AD", 5), false)
same(sax.word.new("AD", 4) == sax.word.new("AC", 4), false)
same(win == win:get_word(), true)
same(win == sax.window.new(4, 2, 4), false)

-- distances
local other = sax.window.new(6, 2, 8)
other:add({-9, -8, -7, -5, -5, 7.2})
distance(sax.word.new({10.3, 7, 1, -5, -5, 7.2}, 2, 8), other, 1.560325, 1.103316, 1.103316)
distance(sax.word.new("FC", 8), other, 1.560325, 1.103316, 1.103316)
distance(other, sax.word.new("FC", 8), 1.560325, 1.103316, 1.103316)
distance(sax.word.new("ABDD", 4), sax.word.new("DBAA", 4), 2.336536, 1.907774, 1.349)
distance(sax.word.new("DBAA", 4), sax.word.new("ABDD", 4), 2.336536, 1.349, 1.907774)
distance(sax.word.new("ABCD", 4), sax.word.new("BCDC", 4), 0, 0, 0)
-- an unknown letter is as far as the alphabet goes
distance(sax.word.new("##", 4), sax.word.new("##", 4), 0, 0, 0)
distance(sax.word.new("##", 4), sax.word.new("AD", 4), 1.907774, 1.349, 1.349)
distance(sax.word.new("#A", 4), sax.word.new("BA", 4), 0.674, 0.674, 0)
distance(sax.word.new("#A", 4), sax.word.new("CA", 4), 0.674, 0, 0.674)
same(select("#", sax.mindist(sax.word.new("AB", 4), sax.word.new("AB", 5))), 1)
same((sax.mindist(sax.word.new("AB", 4), sax.word.new("AB", 5))), nil)
same((sax.mindist(sax.word.new("AB", 4), sax.word.new("ABC", 4))), nil)
same((sax.mindist(sax.window.new(4, 2, 4), sax.window.new(6, 2, 4))), nil)

-- preservation
win = sax.window.new(6, 3, 4)
same(preserve(win, '_G["w"]'), 'if _G["w"] == nil then _G["w"] = sax.window.new(6, 3, 4) end\n')
win:add({1, 2.5, nan, inf, -inf})
local text = preserve(win, '_G["w"]')
same(text, 'if _G["w"] == nil then _G["w"] = sax.window.new(6, 3, 4) end\n_G["w"]:clear()\n_G["w"]:add({1,2.5,0/0,1/0,-1/0})\n')
assert(loadstring(text))()
same(tostring(w), tostring(win))
same(preserve(w, '_G["w"]'), text)
for i = 1, 20 do win:add(i / 3) end
assert(loadstring((preserve(win, "w"))))()
same(tostring(w), tostring(win))
same(preserve(w, "w"), preserve(win, "w"))
text = preserve(sax.word.new("A#C", 5), '_G["v"]["x"]')
same(text, 'if _G["v"]["x"] == nil then _G["v"]["x"] = sax.word.new("A#C", 5) end\n')
v = {}
assert(loadstring(text))()
same(tostring(v.x), "A#C")

same(sax.version(), "0.4.0")

w = sax.window.new(4, 2, 4)
local errors = {
  {"sax.window.new(4, 2)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"sax.window.new(4, 2, 4, 5)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"sax.window.new('x', 2, 4)", "bad argument #1 to 'new' (number expected, got string)"},
  {"sax.window.new(1, 2, 4)", "bad argument #1 to 'new' (n is out of range)"},
  {"sax.window.new(4097, 2, 4)", "bad argument #1 to 'new' (n is out of range)"},
  {"sax.window.new(0/0, 2, 4)", "bad argument #1 to 'new' (n is out of range)"},
  {"sax.window.new(4, 1, 4)", "bad argument #2 to 'new' (w is out of range)"},
  {"sax.window.new(4096, 2049, 4)", "bad argument #2 to 'new' (w is out of range)"},
  {"sax.window.new(4, 3, 4)", "bad argument #1 to 'new' (n must be evenly divisible by w)"},
  {"sax.window.new(2, 4, 4)", "bad argument #1 to 'new' (n must be evenly divisible by w)"},
  {"sax.window.new(4, 2, 1)", "bad argument #3 to 'new' (cardinality is out of range)"},
  {"sax.window.new(4, 2, 17)", "bad argument #3 to 'new' (cardinality is out of range)"},
  {"sax.word.new()", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"sax.word.new('AB', 2, 3)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"sax.word.new({1, 2}, 2)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"sax.word.new(5, 2)", "bad argument #1 to 'new' (string expected, got number)"},
  {"sax.word.new('A', 2)", "bad argument #1 to 'new' (w is out of range)"},
  {"sax.word.new(string.rep('A', 2049), 2)", "bad argument #1 to 'new' (w is out of range)"},
  {"sax.word.new('AC', 2)", "bad argument #1 to 'new' (invalid letter in word)"},
  {"sax.word.new('A\"', 2)", "bad argument #1 to 'new' (invalid letter in word)"},
  {"sax.word.new('AB', 17)", "bad argument #2 to 'new' (cardinality is out of range)"},
  {"sax.word.new({}, 2, 4)", "bad argument #1 to 'new' (n is out of range)"},
  {"sax.word.new({1, 2, 3}, 2, 4)", "bad argument #1 to 'new' (n must be evenly divisible by w)"},
  {"sax.word.new({1, 'x'}, 2, 4)", "bad argument #1 to 'new' (array must contain only numbers)"},
  {"w:add()", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"w:add('x')", "bad argument #1 to 'add' (number expected, got string)"},
  {"w:add({1, {}})", "bad argument #1 to 'add' (array must contain only numbers)"},
  {"w.add(5, 1)", "bad argument #1 to 'add' (lsb.sax.window expected, got number)"},
  {"w.add(sax.word.new('AB', 2), 1)", "bad argument #1 to 'add' (lsb.sax.window expected, got userdata)"},
  {"w:clear(1)", "bad argument #-1 to 'clear' (incorrect number of arguments)"},
  {"w:get_word(1)", "bad argument #-1 to 'get_word' (incorrect number of arguments)"},
  {"sax.mindist(w)", "bad argument #0 to 'mindist' (incorrect number of arguments)"},
  {"sax.mindist(w, 'AB')", "bad argument #2 to 'mindist' (lsb.sax.word or lsb.sax.window expected, got string)"},
}
for _, c in ipairs(errors) do fails(c[2], c[1]) end
same(tostring(w), "##", "an array with a mistake adds nothing")
