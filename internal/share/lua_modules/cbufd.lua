--[[
Reads the deltas of circular buffers.

- grammar gives an array of rows, each with its time in ns and the values, and the
  header line as header
--]]

local l = require "lpeg"

local P, R, S, C, Cc, Cg, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cg, l.Ct
local tonumber = tonumber

local digits = R"09"^1
local number = P"nan" * Cc(0/0) + "inf" * Cc(1/0) + "-inf" * Cc(-1/0)
    + P"-"^-1 * digits * ("." * digits)^-1 * (S"eE" * S"+-"^-1 * digits)^-1 / tonumber
local time = Cg(digits / function(s) return tonumber(s) * 1e9 end, "time")

return {grammar = Ct(Cg((1 - P"\n")^1, "header") * "\n" * Ct(time * ("\t" * number)^1 * "\n")^1 * -1)}
