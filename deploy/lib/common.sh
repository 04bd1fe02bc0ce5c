# shellcheck shell=bash
# What every script here shares: where things are, how to speak, how to give up.

# Debian's own interpreter: another python3 may come first on PATH and lack Debian's modules.
# shellcheck disable=SC2034  # used by the scripts that source this file
readonly PYTHON=/usr/bin/python3

# Exit codes from sysexits.h, so that callers can tell a wrong call from a missing part.
readonly EXIT_USAGE=64
readonly EXIT_UNAVAILABLE=69
readonly EXIT_TEMPORARY=75

# Tells the person what is going on. Standard output stays free for results.
say() {
    printf '%s\n' "$*" >&2
}

# Ends the script with code $1 and the sentences after it.
fail() {
    local code=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

# How a release is built, as a command to which more may be added. The runtime is linked into the program, by LLVM's linker and
# with packed relocations: under orders a node was 8 MiB smaller then, side by side.
# shellcheck disable=SC2034,SC2154  # used by the scripts that source this file, which set PROJECT
readonly RELEASE_BUILD=(
    swift build --package-path "$PROJECT" -c release --product gridwork --static-swift-stdlib
    -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs
)

# Takes the lock file $1 on descriptor 9 for as long as the script lives, waiting up to $2 seconds for its holder.
# The kernel gives it back however the holder ends, so there is no stale lock. Children must close descriptor 9.
take_lock() {
    exec 9>"$1"
    flock -w "$2" 9
}

# Shows the last lines of the log $1 under a title, if there is such a log.
show_log() {
    [[ -s $1 ]] || return 0
    say "--- the last lines of $1"
    tail -n "${2:-30}" "$1" >&2
    say "---"
}
