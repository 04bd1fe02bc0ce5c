# shellcheck shell=bash
# Processes remembered across runs, in one-line records: process id, start time, boot id.
#
# A process id alone is not enough: after a crash or a reboot it may belong to somebody else, who must not be signalled.
# The id together with its start time (proc(5), stat field 22) and the boot it counts from names one process only.

# Prints the state letter, the number of threads and the start time of process $1; fails if there is none.
process_stat() {
    local line fields
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    # The second field is the command in parentheses, which may hold spaces and parentheses itself.
    read -r -a fields <<<"${line##*) }"
    printf '%s %s %s\n' "${fields[0]}" "${fields[17]}" "${fields[19]}"
}

# Prints the record that names process $1.
process_identity() {
    local stat boot
    stat=$(process_stat "$1") || return 1
    read -r boot </proc/sys/kernel/random/boot_id
    printf '%s %s %s\n' "$1" "${stat##* }" "$boot"
}

# Writes process $2 into the record file $1, whole or not at all.
process_record() {
    local identity
    identity=$(process_identity "$2") || return 1
    printf '%s\n' "$identity" >"$1.new"
    mv -f -- "$1.new" "$1"
}

# Prints the id of the process in record file $1 if it is still alive; fails otherwise. A zombie is not alive, but one with
# threads left is: the first thread of a killed process can be gone while the others still hold its ports.
process_alive() {
    local pid record stat state threads
    { read -r record <"$1"; } 2>/dev/null || return 1
    pid=${record%% *}
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    [[ $(process_identity "$pid") == "$record" ]] || return 1
    stat=$(process_stat "$pid") || return 1
    read -r state threads _ <<<"$stat"
    [[ $state != [ZX] ]] || ((threads > 1)) || return 1
    printf '%s\n' "$pid"
}

# Sends signal $2 to the process in record file $1; fails if it is not alive.
process_signal() {
    local pid
    pid=$(process_alive "$1") || return 1
    kill -s "$2" "$pid" 2>/dev/null
}

# Starts the command from $3 on in a session of its own, its output appended to the log $2, and records it in $1. The
# process writes its own record before it becomes the command, so there is no moment at which it runs unrecorded. It minds
# every signal, as a shell cannot arrange for itself: one that was started by a program that ignores SIGTERM would pass that
# on, and the port mapper would then have to be killed.
process_spawn() {
    local record=$1 log=$2 deadline=$((SECONDS + 10))
    shift 2
    rm -f -- "$record"
    # shellcheck disable=SC2016  # expanded by the inner shell
    setsid env --default-signal bash -c '. "$1" && process_record "$2" "$$" && shift 2 && exec "$@"' \
        spawn "${BASH_SOURCE[0]}" "$record" "$@" >>"$log" 2>&1 </dev/null 9>&- &
    until [[ -e $record ]]; do
        ((SECONDS < deadline)) || return 1
        sleep 0.02
    done
}

# Waits up to $2 seconds for the process in record file $1 to end.
process_wait() {
    local deadline=$((SECONDS + $2))
    while process_alive "$1" >/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# Ends the process in record file $1 and its group: asks them to, gives it $2 seconds, then kills them. Safe to repeat.
process_stop() {
    local pid
    if pid=$(process_alive "$1"); then
        kill -s TERM -- "-$pid" 2>/dev/null || true
        # A stopped process would not see the request.
        kill -s CONT -- "-$pid" 2>/dev/null || true
        if ! process_wait "$1" "$2"; then
            kill -s KILL -- "-$pid" 2>/dev/null || true
            process_wait "$1" 10 || return 1
        fi
    fi
    rm -f -- "$1"
}
