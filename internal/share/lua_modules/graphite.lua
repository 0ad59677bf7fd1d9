--[[
Text for Graphite, in the naming of statsd.

- ns_to_sec(ns)
- count_rate(bucket, count, ticker_interval, now_sec)
- multi_counts_rates(counts, ticker_interval, now_sec)
- timeseries_metrics(bucket, times, ticker_interval, percent_thresh, now_sec)
- multi_timeseries_metrics(timers, ticker_interval, percent_thresh, now_sec)

Tables of many are by bucket; times are an array, which is sorted.
--]]

local math = require "math"
local string = require "string"
local table = require "table"

local floor, format, concat, sort = math.floor, string.format, table.concat, table.sort
local ipairs, pairs = ipairs, pairs

local M = {}

function M.ns_to_sec(ns) return floor(ns / 1e9) end

-- each joins what f gives for all buckets, in the order of their names.
local function each(t, f)
    local names, texts = {}, {}
    for name in pairs(t) do names[#names + 1] = name end
    sort(names)
    for i, name in ipairs(names) do texts[i] = f(name, t[name]) end
    return concat(texts)
end

function M.count_rate(bucket, count, interval, now)
    return format("stats.counters.%s.count %d %d\nstats.counters.%s.rate %f %d\n",
        bucket, count, now, bucket, count / interval, now)
end

function M.multi_counts_rates(counts, interval, now)
    return each(counts, function(bucket, count) return M.count_rate(bucket, count, interval, now) end)
end

function M.timeseries_metrics(bucket, times, interval, percent, now)
    sort(times)
    local count, sum, sum_within = #times, 0, 0
    local within = count - floor((100 - percent) / 100 * count + 0.5)
    for i, t in ipairs(times) do
        sum = sum + t
        if i <= within then sum_within = sum_within + t end
    end
    local lower, upper = times[1] or 0, times[count] or 0
    local mean, mean_within, upper_within = 0, lower, upper
    if count > 0 then mean = sum / count end
    if count > 1 and within > 0 then mean_within, upper_within = sum_within / within, times[within] end

    local head, tail = "stats.timers." .. bucket .. ".", format(" %d\n", now)
    return concat{
        head, "count ", format("%d", count), tail,
        head, "count_ps ", format("%f", count / interval), tail,
        head, "lower ", format("%f", lower), tail,
        head, "upper ", format("%f", upper), tail,
        head, "sum ", format("%f", sum), tail,
        head, "mean ", format("%f", mean), tail,
        head, format("mean_%d %f", percent, mean_within), tail,
        head, format("upper_%d %f", percent, upper_within), tail,
    }
end

function M.multi_timeseries_metrics(timers, interval, percent, now)
    return each(timers, function(bucket, times)
        return M.timeseries_metrics(bucket, times, interval, percent, now)
    end)
end

return M
