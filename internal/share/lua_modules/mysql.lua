--[[
Grammars of the slow query logs of MySQL and MariaDB: slow_query_grammar,
mariadb_slow_query_grammar, and short_slow_query_grammar,
mariadb_short_slow_query_grammar for records without the lines about time and user.
--]]

local l = require "lpeg"

local P, R, S, C, Cc, Cg, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cg, l.Ct
local tonumber = tonumber

local space, digit = S" \t\n\v\f\r", R"09"
local sp = space^1
local line = (1 - P"\n")^0 * "\n"
local word = R("az", "AZ", "09") + S"_.%-"
local int = digit^1 / tonumber
local seconds = Ct(Cg(digit^1 * "." * digit^1 / tonumber, "value") * Cg(Cc"s", "representation"))
local yes_no = C(P"Yes" + "No")

local time = "# Time: " * line
local user = "# User@Host: " * word^0 * "[" * word^0 * "]" * sp * "@" * sp * word^0 * space^0
    * "[" * Cg((1 - P"]")^0, "Hostname") * "]" * (1 - P"\n")^0 * "\n"
local query = "# Query_time: " * Cg(seconds, "Query_time") * sp * "Lock_time: " * Cg(seconds, "Lock_time") * sp
    * "Rows_sent: " * Cg(int, "Rows_sent") * sp * "Rows_examined: " * Cg(int, "Rows_examined") * "\n"
local use_db = "use " * line
local set = "SET " * ("last_insert_id=" * digit^1 * ",")^0 * ("insert_id=" * digit^1 * ",")^0
    * "timestamp=" * Cg(C(digit^1) / "%1000000000", "Timestamp") * ";\n"
local admin = "# administrator command: " * line
local sql_end = ";" * (P"\n" + -P(1))
local sql = Cg((1 - sql_end)^0 * sql_end, "Payload")

local function answer(name) return (name .. ": ") * Cg(yes_no, name) end
local thread_id = "# Thread_id: " * Cg(int, "Thread_id") * "  Schema: " * Cg(word^0, "Schema")
    * "  " * answer"QC_hit" * "\n"
local full_scan = "# " * answer"Full_scan" * "  " * answer"Full_join" * "  " * answer"Tmp_table"
    * "  " * answer"Tmp_table_on_disk" * "\n"
    * "# " * answer"Filesort" * "  " * answer"Filesort_on_disk" * "  Merge_passes: " * Cg(int, "Merge_passes") * "\n"

local function record(fields)
    return Cg(Ct(fields), "Fields") * use_db^0 * set * admin^0 * sql
end
local short, maria_short = record(query), record(thread_id * query * full_scan^0)

return {
    slow_query_grammar = Ct(time^0 * user * short),
    short_slow_query_grammar = Ct(short),
    mariadb_slow_query_grammar = Ct(time^0 * user * maria_short),
    mariadb_short_slow_query_grammar = Ct(maria_short),
}
