require "os"
local es = require "elasticsearch"
local mi = require "msg_interpolate"

function process_message()
    local function f(want, ...)
        equal(want, es.bulkapi_index_json(...), want)
    end
    local function index(want, text) f('{"index":{"_index":"' .. want .. '"}}', text) end
    f('{"index":{"_index":"index","_type":"type_name","_id":"id"}}', "index", "type_name", "id")
    f('{"index":{}}')
    f('{"index":{"_index":"index-GoSpec","_type":"TEST"}}', "index-%{Logger}", "%{Type}")
    f('{"index":{"_index":"Mar 27, 1986"}}', "%{%b %d, %Y}", nil, nil, 512345678900000000)
    index("index", "index")
    index("GoSpec-TEST-6", "%{Logger}-%{Type}-%{Severity}")
    index("bar-999-true-false", "%{foo}-%{int}-%{bool}-%{false}")
    index("bar-%{Payload}-99.9-%{missing}", "%{foo}-%{Payload}-%{double}-%{missing}")
    index("GoSpec-date:" .. os.date("%Y-%d-%m"), "%{Logger}-%{date:%Y-%d-%m}")
    equal("number of names", {mi.interpolate_from_msg("%{Pid} %{foo} %{%Y}", 0)}, {"%{Pid} bar 1970", 3})
    return 0
end
