# Sets what a build is told, unless it is given: VERSION, COMMIT and
# SOURCE_DATE_EPOCH, the date of the commit. To be sourced in the repository's
# root. A tag v1.2.3 gives 1.2.3; five commits later it is 1.2.3+5.gabcdef0.
# Without a tag the commit's time makes a newer version a higher one.

ours() {
	# The repository may belong to another user, as in a container.
	git -c safe.directory="$PWD" "$@" 2>/dev/null
}

# utc FORMAT writes the date, as GNU's date does or else as BSD's.
utc() {
	date -u -d "@$SOURCE_DATE_EPOCH" "+$1" 2>/dev/null || date -u -r "$SOURCE_DATE_EPOCH" "+$1"
}

if [ -z "${COMMIT+given}" ]; then COMMIT=$(ours rev-parse HEAD) || COMMIT=; fi
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
	# Without a repository, the earliest date that a zip archive can hold.
	SOURCE_DATE_EPOCH=$(ours log -1 --format=%ct) || SOURCE_DATE_EPOCH=315532800
fi
if [ -z "${VERSION:-}" ]; then
	VERSION=$(ours describe --tags --match 'v[0-9]*' --dirty) ||
		VERSION=$(ours describe --always --exclude '*' --dirty) &&
		case $VERSION in
		v*) ;;
		*) VERSION=v0.0.0-$(utc %Y%m%d%H%M%S)-g$VERSION ;;
		esac || VERSION=v0.0.0-unknown
	VERSION=$(printf '%s\n' "$VERSION" | sed 's/^v//; s/-/+/; s/-/./g')
fi
export VERSION COMMIT SOURCE_DATE_EPOCH

commit_date=$(utc %Y-%m-%dT%H:%M:%SZ)
LDFLAGS="-s -w -X main.version=$VERSION"
if [ -n "$COMMIT" ]; then
	LDFLAGS="$LDFLAGS -X main.commit=$COMMIT -X main.date=$commit_date"
fi
