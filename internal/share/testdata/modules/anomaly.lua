require "circular_buffer"
local anomaly = require "anomaly"

-- detect fills a buffer of one column from a function of seconds, and looks at it.
local function detect(config, rows, from, to, value, at)
    local b = circular_buffer.new(rows, 1, 1)
    for x = from, to do b:set(x * 1e9, 1, value(x)) end
    local text, annotations = anomaly.detect(at * 1e9, "Output1", b, anomaly.parse_config(config))
    return text, annotations, b
end

local function two() return 2 end
local function rising(x) return x end
local function falling(x) return 1300 - x end
local function noise(x) return x < 151 and x - 99 or x < 185 and x % 4 + 9 or 23 end

function process_message()
    raises("could not parse the anomaly_config", anomaly.parse_config, "bogus")
    raises("could not parse the anomaly_config", anomaly.parse_config, 'roc("a" , 1, 2, 0, 1, true, false)')
    equal("nil", anomaly.parse_config(nil), nil)
    equal("config", anomaly.parse_config([[roc("a ""b""",1, 15, 0, 1.5, true, false)
        mww("x", 2, 60, 10, 0.0001, any) mww_nonparametric("x", 3, 15, 10, 0.55)]]), {
        ['a "b"'] = {{algorithm = "roc", col = 1, win = 15, hwin = 0, sd = 1.5, loss_of_data = true, start_of_data = false}},
        x = {{algorithm = "mww", col = 2, win = 60, nwin = 10, pvalue = 0.0001, trend = "any"},
            {algorithm = "mww_nonparametric", col = 3, win = 15, nwin = 10, pstat = 0.55}},
    })

    local loss = 'roc("Output1", 1, 15, 0, 1.5, true, false)'
    local b = circular_buffer.new(100, 1, 1)
    for x = 100, 150 do b:set(x * 1e9, 1, 2) end
    b:set(171e9, 1, 0/0)
    local config = anomaly.parse_config(loss)
    local text, annotations = anomaly.detect(170e9, "Output1", b, config)
    equal("loss", text, "Output1 - algorithm: roc col: 1 msg: no new data")
    equal("loss", #annotations, 1)
    equal("once for each row", anomaly.detect(170e9, "Output1", b, config), nil)
    equal("another name", anomaly.detect(180e9, "Output2", b, config), nil)

    b = circular_buffer.new(100, 1, 1)
    b:set(170e9, 1, 2)
    b:get(171e9, 1)
    text = anomaly.detect(171e9, "Output1", b, anomaly.parse_config('roc("Output1", 1, 15, 0, 1.5, false, true)'))
    equal("start", text, "Output1 - algorithm: roc col: 1 msg: unexpected data")

    equal("roc", detect(loss, 100, 100, 199, noise, 200), nil)
    text, annotations = detect('roc("Output1", 1, 15, 15, 1.5, true, false)', 100, 100, 199, noise, 200)
    local m = "detected anomaly, standard deviation exceeds 1.5"
    equal("roc", text, "Output1 - algorithm: roc col: 1 msg: " .. m)
    equal("roc", annotations, {{x = 200000, col = 1, shortText = "A", text = m}})
    raises("Output1 - algorithm: roc col: 1 msg: win=15 hwin=0 arguments out of range (rows=45)", detect, loss, 45, 100, 110, two, 111)
    raises("out of range", detect, 'roc("Output1", 1, 10, 5, 1.5, true, false)', 100, 100, 110, two, 111)
    equal("history before the buffer", detect('roc("Output1", 1, 15, 90, 1.5, true, false)', 100, 100, 199, noise, 200), nil)

    local mww = 'mww("Output1", 1, 20, 10, 0.0001, '
    equal("decreasing", detect(mww .. "decreasing)", 220, 300, 520, falling, 521),
        "Output1 - algorithm: mww col: 1 msg: detected anomaly, decreasing values")
    equal("increasing", detect(mww .. "increasing)", 220, 300, 520, rising, 520),
        "Output1 - algorithm: mww col: 1 msg: detected anomaly, increasing values")
    equal("not decreasing", detect(mww .. "decreasing)", 220, 300, 520, rising, 520), nil)
    equal("any", detect(mww .. "any)", 220, 300, 520, rising, 520), "Output1 - algorithm: mww col: 1 msg: detected anomaly")
    raises("Output1 - algorithm: mww col: 1 msg: arguments out of range", detect, mww .. "any)", 200, 300, 310, two, 311)
    local function none() return 0/0 end
    equal("empty", detect(mww .. "any)", 220, 300, 520, none, 521), nil)
    equal("empty", detect(loss, 220, 300, 520, none, 521), nil)
    equal("nonparametric", detect('mww_nonparametric("Output1", 1, 20, 10, 0.6)', 220, 300, 520, rising, 520),
        "Output1 - algorithm: mww_nonparametric col: 1 msg: detected anomaly, pstat: 0.944444")
    return 0
end
