// Keeps the errors of MOBILE APP REFRESH SESSIONS, which goes on with the next file.

var $errors : Collection
var $error : Object

$errors:=Last errors
If ($errors#Null)
	For each ($error; $errors)
		sessiondErrors.push({\
			errCode: $error.errCode; \
			message: $error.message; \
			componentSignature: $error.componentSignature})
	End for each 
End if 
