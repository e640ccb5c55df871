// Has 4D read its session files again for whoever knows the secret, and returns the
// status and the body of the answer.

#DECLARE($authorization : Text) -> $answer : Object

var $file : 4D.File
var $secret : Text

$file:=File("/DATA/sessiond-secret")
If ($file.exists)
	$secret:=$file.getText()
	$secret:=Replace string($secret; Char(Carriage return); "")
	$secret:=Replace string($secret; Char(Line feed); "")
End if 

Case of 
	: ($secret="")
		$answer:={status: 503; body: {title: "no secret is set"}}
		
		// Digests are compared, not the texts: "=" ignores case and takes @ for a
		// wildcard, and ends at the first difference, which a clock could tell.
	: (Generate digest("Bearer "+$secret; SHA256 digest)#Generate digest($authorization; SHA256 digest))
		$answer:={status: 401; body: {title: "the secret is another"}}
		
	Else 
		// A variable of this process, which SessiondKeepErrors fills.
		var sessiondErrors : Collection
		sessiondErrors:=[]
		
		ON ERR CALL("SessiondKeepErrors"; ek local)
		MOBILE APP REFRESH SESSIONS
		ON ERR CALL(""; ek local)
		
		$answer:={status: 200; body: {errors: sessiondErrors}}
End case 
