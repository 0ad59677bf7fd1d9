--[[
Detects anomalies in circular buffers.

- parse_config(text) reads the option anomaly_config: calls of roc, mww and
  mww_nonparametric, each with the name of a buffer first
- detect(ns, name, buffer, config) looks at the complete rows of a buffer, once for
  each of them; it returns a text and an array of annotations if there is an anomaly

The algorithms and their arguments:

- roc("name", column, window, history, deviations, loss_of_data, start_of_data)
  compares the average of the window with the one before; it fires if they differ by
  more than so many standard deviations of the history, in rows, 0 is all
- mww("name", column, window, windows, pvalue, trend) compares the window with those
  before it by the rank-sum test; it fires if they differ with that probability in
  more than a quarter; trend is decreasing, increasing or any
- mww_nonparametric("name", column, window, windows, pstat) fires if the sum of the
  ranks lies above pstat, or below if that is less than a half
--]]

local l = require "lpeg"
local string = require "string"
local table = require "table"
local annotation = require "annotation"

local P, R, S, C, Cc, Cg, Cs, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cg, l.Cs, l.Ct
local format, concat = string.format, table.concat
local abs, ipairs, error, tonumber = require "math".abs, ipairs, error, tonumber

local space, digit = S" \t\n\v\f\r", R"09"
local int = digit^1 / tonumber
local number = digit^1 * ("." * digit^1)^-1 / tonumber
local bool = P"true" * Cc(true) + P"false" * Cc(false)
local quoted = '"' * Cs((1 - P'"' + P'""' / '"')^1) * '"'

-- call is a call with named arguments.
local function call(algorithm, ...)
    local p = Cg(Cc(algorithm), "algorithm") * algorithm * "("
    for i, argument in ipairs{{"name", quoted}, {"col", int}, {"win", int}, ...} do
        if i > 1 then p = p * "," * space^0 end
        p = p * Cg(argument[2], argument[1])
    end
    return Ct(p * ")")
end

local trend = C(P"decreasing" + "increasing" + "any")
local config = Ct((space^0 * (
      call("roc", {"hwin", int}, {"sd", number}, {"loss_of_data", bool}, {"start_of_data", bool})
    + call("mww_nonparametric", {"nwin", int}, {"pstat", "0" * ("." * digit^1)^-1 / tonumber})
    + call("mww", {"nwin", int}, {"pvalue", number}, {"trend", trend})
))^1) * -1

local M = {}

function M.parse_config(text)
    if not text then return end
    local calls = config:match(text)
    if not calls then error("could not parse the anomaly_config", 0) end
    local t = {}
    for _, c in ipairs(calls) do
        t[c.name] = t[c.name] or {}
        table.insert(t[c.name], c)
        c.name = nil
    end
    return t
end

-- The algorithms return what is wrong, or nil. now is the time of the current row,
-- which is not complete, second that of one row.
local algorithms = {}

function algorithms.roc(name, buffer, c, now, second, rows)
    if c.win * 3 >= rows or c.hwin > 0 and c.hwin < c.win then
        error(format("%s - algorithm: roc col: %d msg: win=%d hwin=%d arguments out of range (rows=%d)",
            name, c.col, c.win, c.hwin, rows), 0)
    end
    local width = c.win * second
    local previous = now - 2 * width
    local start
    if c.hwin ~= 0 then start = previous - c.hwin * second end
    local deviation = buffer:compute("sd", c.col, start, previous - second)
    local before, seen_before = buffer:compute("avg", c.col, previous, now - width - second)
    local current, seen = buffer:compute("avg", c.col, now - width, now - second)
    if not deviation or not before or not current then return end
    if c.loss_of_data and seen_before > 0 and seen == 0 then return "no new data" end
    if c.start_of_data and seen_before == 0 and seen > 0 then return "unexpected data" end
    if abs(current - before) > deviation * c.sd then
        return format("detected anomaly, standard deviation exceeds %G", c.sd)
    end
end

-- windows calls f with U and p of the analysis window and each one before it, and
-- with how much larger the average of that is.
local function windows(name, buffer, c, now, second, rows, f)
    if c.win * c.nwin >= rows then
        error(format("%s - algorithm: %s col: %d msg: arguments out of range", name, c.algorithm, c.col), 0)
    end
    local width = c.win * second
    local from, to = now - width, now - second
    local mean = buffer:compute("avg", c.col, from, to)
    for s = now - 2 * width, now - c.nwin * width + 1, -width do
        local last = s + width - second
        local average = buffer:compute("avg", c.col, s, last)
        if average and mean then
            f(average - mean, function() return buffer:mannwhitneyu(c.col, from, to, s, last) end)
        end
    end
end

function algorithms.mww(name, buffer, c, now, second, rows)
    local found = 0
    windows(name, buffer, c, now, second, rows, function(change, test)
        if c.trend == "decreasing" and not (change > 0) or c.trend == "increasing" and not (change < 0) then return end
        local _, p = test()
        if p and p < c.pvalue then found = found + 1 end
    end)
    if found > c.nwin / 4 then
        return c.trend == "any" and "detected anomaly" or "detected anomaly, " .. c.trend .. " values"
    end
end

function algorithms.mww_nonparametric(name, buffer, c, now, second, rows)
    local sum = 0
    windows(name, buffer, c, now, second, rows, function(_, test)
        local u = test()
        if u then sum = sum + u / c.win ^ 2 - 0.5 end
    end)
    local pstat = sum / (c.nwin - 1) + 0.5
    if c.pstat < 0.5 and pstat < c.pstat or c.pstat > 0.5 and pstat > c.pstat then
        return format("detected anomaly, pstat: %G", pstat)
    end
end

function M.detect(ns, name, buffer, config)
    if not buffer:get(ns, 1) then buffer:add(ns, 1, 0/0) end
    local calls = config[name]
    if not calls then return end
    local rows, _, seconds = buffer:get_configuration()
    local second = seconds * 1e9
    if not calls.last_run then calls.last_run, calls.interval = 0, second end
    if ns <= calls.last_run or ns - calls.last_run < calls.interval then return end
    calls.last_run = ns

    local now = buffer:current_time()
    local texts, annotations = {}, {}
    for _, c in ipairs(calls) do
        local text = algorithms[c.algorithm](name, buffer, c, now, second, rows)
        if text then
            texts[#texts + 1] = format("%s - algorithm: %s col: %d msg: %s", name, c.algorithm, c.col, text)
            annotations[#annotations + 1] = annotation.create(now, c.col, "A", text)
        end
    end
    if #texts > 0 then return concat(texts, "\n"), annotations end
end

return M
