package mobileapps

// WriteMethod is how this system puts a changed file in place.
const WriteMethod = "replace"
