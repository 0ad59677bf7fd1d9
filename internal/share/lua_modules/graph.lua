--[[
What the filters that draw graphs have in common.

- tick(ns, title, buffer, config) injects a buffer as graph of that title. With a
  config of anomaly.parse_config it looks for anomalies first, unless alerts are
  throttled, sends an alert if there is one, and puts the annotations before the
  graph; they are kept as long as the rows
--]]

local alert = require "alert"
local annotation = require "annotation"
local anomaly = require "anomaly"

local M = {}

function M.tick(ns, title, buffer, config)
    if not config then
        inject_payload("cbuf", title, buffer)
        return
    end
    local rows, _, seconds = buffer:get_configuration()
    annotation.set_prune(title, rows * seconds * 1e9)
    if not alert.throttled(ns) then
        local text, annotations = anomaly.detect(ns, title, buffer, config)
        if text then
            annotation.concat(title, annotations)
            alert.send(ns, text)
        end
    end
    inject_payload("cbuf", title, annotation.prune(title, ns), buffer)
end

return M
