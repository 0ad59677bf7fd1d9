local mysql = require "mysql"

local function seconds(n) return {value = n, representation = "s"} end

function process_message()
    local user = "# Time: 140507 18:14:18\n# User@Host: syncrw[syncrw] @  [127.0.0.1]\n"
    local query = "# Query_time: 2.964652  Lock_time: 0.000050 Rows_sent: 251  Rows_examined: 9773\n"
    local sql = "/* [queryName=FIND_ITEMS] */ SELECT *\nFROM widget\nWHERE id = 10;\n"
    local want = {
        Hostname = "127.0.0.1", Timestamp = "1399500744000000000", Payload = sql,
        Fields = {Query_time = seconds(2.964652), Lock_time = seconds(0.00005), Rows_sent = 251, Rows_examined = 9773},
    }
    equal("slow", mysql.slow_query_grammar:match(user .. query .. "SET timestamp=1399500744;\n" .. sql), want)
    local more = "use widget;\nSET last_insert_id=999,insert_id=1000,timestamp=1399500744;\n# administrator command: do something\n"
    equal("more", mysql.slow_query_grammar:match(user .. query .. more .. sql), want)
    want.Hostname = nil
    equal("short", mysql.short_slow_query_grammar:match(query .. more .. sql), want)
    equal("short wants no user", mysql.short_slow_query_grammar:match(user .. query .. more .. sql), nil)

    local thread = "# Thread_id: 110804  Schema: weave0  QC_hit: No\n"
    local scan = "# Full_scan: Yes  Full_join: Yes  Tmp_table: Yes  Tmp_table_on_disk: No\n# Filesort: Yes  Filesort_on_disk: No  Merge_passes: 3\n"
    query = "# Query_time: 1.178108  Lock_time: 0.000053  Rows_sent: 198  Rows_examined: 198\n"
    local fields = {Thread_id = 110804, Schema = "weave0", QC_hit = "No",
        Query_time = seconds(1.178108), Lock_time = seconds(0.000053), Rows_sent = 198, Rows_examined = 198}
    want = {Timestamp = "1399500744000000000", Payload = sql, Fields = fields}
    equal("mariadb short", mysql.mariadb_short_slow_query_grammar:match(thread .. query .. more .. sql), want)
    want.Hostname = "127.0.0.1"
    fields.Full_scan, fields.Full_join, fields.Tmp_table, fields.Tmp_table_on_disk = "Yes", "Yes", "Yes", "No"
    fields.Filesort, fields.Filesort_on_disk, fields.Merge_passes = "Yes", "No", 3
    equal("mariadb", mysql.mariadb_slow_query_grammar:match(user .. thread .. query .. scan .. more .. sql), want)
    return 0
end
