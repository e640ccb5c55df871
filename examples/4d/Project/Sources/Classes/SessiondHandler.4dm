// Answers the requests of sessiond: HTTPHandlers.json sends them here.

shared singleton Class constructor()
	
Function refresh($request : 4D.IncomingMessage) : 4D.OutgoingMessage
	
	var $answer : Object
	var $response : 4D.OutgoingMessage
	
	$answer:=SessiondRefresh($request.getHeader("Authorization"))
	
	$response:=4D.OutgoingMessage.new()
	$response.setStatus($answer.status)
	$response.setHeader("Content-Type"; "application/json")
	$response.setBody(JSON Stringify($answer.body))
	return $response
