-- Asks sessiond whether the token of a request is that of a session. The variable
-- txn.sessiond has the status of the answer, and sessiond_deny answers what is not 200.

local socket = "unix@/run/sessiond-check.sock"

local passed = {
	"x-sessiond-app", "x-sessiond-application", "x-sessiond-team",
	"x-sessiond-email", "x-sessiond-device", "x-sessiond-status",
}

local function deny(txn, answer, status)
	local reply = txn:reply({ status = status })
	for _, name in ipairs({ "www-authenticate", "x-sessiond-error", "content-type" }) do
		local values = answer and answer.headers and answer.headers[name]
		if values then
			reply:add_header(name, values[0])
		end
	end
	if status == 503 then
		reply:add_header("retry-after", "1")
	end
	reply:set_body(answer and answer.body or "")
	txn:done(reply)
end

core.register_action("sessiond", { "http-req" }, function(txn)
	local headers = {}
	local sent = txn.http:req_get_headers()["authorization"]
	if sent then
		headers["authorization"] = {}
		for _, value in pairs(sent) do -- all of them: two are one too many
			table.insert(headers["authorization"], value)
		end
	end
	local answer = core.httpclient():get({
		url = "http://sessiond/v1/check", dst = socket, headers = headers, timeout = 5000,
	})
	local status = answer.status
	if status == 200 then
		for _, name in ipairs(passed) do
			txn.http:req_set_header(name, answer.headers[name][0])
		end
	elseif status ~= 401 and status ~= 403 then
		status, answer = 503, nil
	end
	txn:set_var("txn.sessiond", status)
	txn:set_priv(answer)
end)

core.register_action("sessiond_deny", { "http-req" }, function(txn)
	deny(txn, txn:get_priv(), txn:get_var("txn.sessiond"))
end)
