package control

// askAsAdmin says how to ask with the level of an administrator.
const askAsAdmin = "ask from a console that was opened as administrator"
