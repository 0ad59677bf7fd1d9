local g = require "graphite"

function process_message()
    local now = g.ns_to_sec(200)
    equal("graphite", g.multi_counts_rates({["localhost.nginx.GoSpec.http_200"] = 4}, 10, now)
        .. g.multi_timeseries_metrics({["localhost.nginx.GoSpec.request_time"] = {30, 0, 45, 15}}, 10, 90, now), [[
stats.counters.localhost.nginx.GoSpec.http_200.count 4 0
stats.counters.localhost.nginx.GoSpec.http_200.rate 0.400000 0
stats.timers.localhost.nginx.GoSpec.request_time.count 4 0
stats.timers.localhost.nginx.GoSpec.request_time.count_ps 0.400000 0
stats.timers.localhost.nginx.GoSpec.request_time.lower 0.000000 0
stats.timers.localhost.nginx.GoSpec.request_time.upper 45.000000 0
stats.timers.localhost.nginx.GoSpec.request_time.sum 90.000000 0
stats.timers.localhost.nginx.GoSpec.request_time.mean 22.500000 0
stats.timers.localhost.nginx.GoSpec.request_time.mean_90 22.500000 0
stats.timers.localhost.nginx.GoSpec.request_time.upper_90 45.000000 0
]])
    equal("none", g.timeseries_metrics("b", {}, 10, 90, 1):match("upper_90 (%S+)"), "0.000000")
    equal("one", g.timeseries_metrics("b", {7}, 10, 90, 1):match("mean_90 (%S+)"), "7.000000")
    equal("beyond the threshold", g.timeseries_metrics("b", {1, 2, 3, 4, 5, 6, 7, 8, 9, 100}, 10, 90, 1):match("upper_90 (%S+)"), "9.000000")
    return 0
end
