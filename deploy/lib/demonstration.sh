# shellcheck shell=bash
# The parts of the quickstart: a broker, a node, agents and an order, kept in one place.
#
# Sourced after common.sh and process.sh. The place is laid out as
#
#     broker/  state/gridwork.sqlite  logs/    run/ records of what was started, and the lock of who starts it

readonly SAMPLES="$PROJECT/deploy/samples"
readonly READY_LIMIT=60
readonly ORDER_LIMIT=300
readonly NODE_STOP_LIMIT=30
readonly AGENTS_STOP_LIMIT=10

# Chooses the place and says where the node finds its file.
demonstration_open() {
    PLACE=$1
    mkdir -p -- "$PLACE/run" "$PLACE/logs" "$PLACE/state"
    export GRIDWORK_STATE_PATH="$PLACE/state/gridwork.sqlite"
    # The port may be another program's; whoever wants the API names an address.
    export GRIDWORK_HTTP_ADDRESS=${GRIDWORK_HTTP_ADDRESS:-off}
}

# Has the API served at 8080 or, were that another program's, at a free port.
demonstration_choose_address() {
    GRIDWORK_HTTP_ADDRESS="127.0.0.1:$("$PYTHON" "$PROJECT/deploy/lib/ports.py" 1 8080)"
}

# Makes this script the only one that starts or stops things in the place.
demonstration_lock() {
    # A moment's patience: what a killed run was just calling may hold the lock for a second longer.
    take_lock "$PLACE/run/lock" 5 ||
        fail "$EXIT_TEMPORARY" "another quickstart is at work in $PLACE; end it first, or choose another place with --state"
}

# Stops the node and the agents of an earlier run, finished or killed. Its broker is kept: starting it again is free.
demonstration_stop_leftovers() {
    if process_alive "$PLACE/run/node.pid" >/dev/null || process_alive "$PLACE/run/agents.pid" >/dev/null; then
        say "Stopping the node of an earlier run ..."
    fi
    demonstration_stop_processes
}

demonstration_stop_processes() {
    # Agents first: a node without agents loses nothing, agents without a node complain.
    process_stop "$PLACE/run/build.pid" 5 &&
        process_stop "$PLACE/run/agents.pid" "$AGENTS_STOP_LIMIT" &&
        process_stop "$PLACE/run/node.pid" "$NODE_STOP_LIMIT"
}

# Stops whatever the quickstart started in this place, in this run or an earlier one, and nothing else.
demonstration_stop() {
    demonstration_stop_processes || return 1
    [[ -e $PLACE/run/broker-is-ours ]] || return 0
    "$PROJECT/deploy/broker" stop "$PLACE/broker" 9>&- || return 1
    rm -f -- "$PLACE/run/broker-is-ours"
}

# Builds gridwork, quietly unless it fails, and sets GRIDWORK to it.
demonstration_build() {
    local log="$PLACE/logs/build.log" directory
    if [[ -n ${GRIDWORK_BINARY:-} ]]; then
        [[ -x $GRIDWORK_BINARY ]] || fail "$EXIT_USAGE" "GRIDWORK_BINARY names no program: $GRIDWORK_BINARY"
        GRIDWORK=$(realpath -- "$GRIDWORK_BINARY")
        return
    fi
    say "Building gridwork in release mode (some minutes the first time) ..."
    : >"$log"
    # In the background, since a shell heeds signals while it waits but not while a command of its own runs.
    process_spawn "$PLACE/run/build.pid" "$log" "${RELEASE_BUILD[@]}" || fail 1 "cannot start the build; see $log"
    if ! wait "$!"; then
        show_log "$log" 60
        fail 1 "gridwork does not build; the whole log is in $log"
    fi
    directory=$("${RELEASE_BUILD[@]}" --show-bin-path 9>&-)
    GRIDWORK="$directory/gridwork"
}

# Starts broker, node and agents, each ready before the next: agents that come late would miss their mail.
demonstration_start() {
    demonstration_start_broker
    say "Applying the organization of Jiangsu Road street (江苏路街道) ..."
    "$GRIDWORK" organization apply "$SAMPLES/jiangsu-road.organization.json" >&2 9>&-
    demonstration_spawn node up
    demonstration_spawn agents agents --posts '*' --after 0.2..2s
}

demonstration_start_broker() {
    # The address may be our own broker's, exported as the last run advised: that one is to be started like any time.
    local own
    own=$("$PROJECT/deploy/broker" url "$PLACE/broker" 2>/dev/null 9>&-) || own=''
    [[ -z ${GRIDWORK_AMQP_URL:-} || $GRIDWORK_AMQP_URL == "$own" ]] || return 0
    # Noted before the start, so that a broker started by a killed run is known as ours. One that somebody else started here
    # is used and left alone.
    "$PROJECT/deploy/broker" status "$PLACE/broker" >/dev/null 9>&- || : >"$PLACE/run/broker-is-ours"
    "$PROJECT/deploy/broker" start "$PLACE/broker" 9>&-
    GRIDWORK_AMQP_URL=$("$PROJECT/deploy/broker" url "$PLACE/broker" 9>&-)
    export GRIDWORK_AMQP_URL
}

# Starts gridwork with the arguments from $2 on under the name $1, and waits until it says that it is ready.
demonstration_spawn() {
    local name=$1 deadline=$((SECONDS + READY_LIMIT))
    local record="$PLACE/run/$name.pid" log="$PLACE/logs/$name.log"
    shift
    say "Starting the $name ..."
    : >"$log"
    process_spawn "$record" "$log" "$GRIDWORK" "$@" || fail 1 "cannot start the $name; see $log"
    until grep -qiw ready "$log"; do
        if ! process_alive "$record" >/dev/null; then
            show_log "$log"
            fail 1 "the $name ended before it was ready; its log is above"
        fi
        if ((SECONDS >= deadline)); then
            show_log "$log"
            "$GRIDWORK" doctor >&2 9>&- || true
            fail 1 "the $name was not ready within $READY_LIMIT s; its log is above"
        fi
        sleep 0.1
    done
}

# Makes an account for each role, down one line of the sample street, and sets ACCOUNTS to a line for each: name, password,
# post. The passwords are new each time and kept nowhere but in the state file, as hashes.
demonstration_make_accounts() {
    local account name post answer
    say "Making an account for each role ..."
    for account in street=office@310105002 community=office@310105002002 cell-leader=cell-leader@310105002002001 \
        group-leader=group-leader@31010500200200101 liaison=liaison@31010500200200101001; do
        name=${account%%=*} post=${account#*=}
        "$GRIDWORK" person add "$name" --post "$post" >/dev/null 2>&1 9>&- ||
            "$GRIDWORK" person posts "$name" "$post" >/dev/null 9>&-
        answer=$("$GRIDWORK" person password "$name" --make --json 9>&-)
        ACCOUNTS+=$(printf '    %-12s  %s  %s' "$name" \
            "$("$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["password"])' <<<"$answer")" "$post")$'\n'
    done
}

# Issues the sample order and sets ORDER to its id.
demonstration_issue() {
    local answer
    answer=$("$GRIDWORK" order issue "$SAMPLES/winter-safety.order.json" --json 9>&-)
    ORDER=$("$PYTHON" "$PROJECT/deploy/lib/order.py" id <<<"$answer")
    say "Issued the winter safety check (冬季消防和用电用气安全入户检查): $ORDER"
}

# Reads the order into ORDER_JSON, as one line; what was read before stays when that fails.
demonstration_read_order() {
    local answer
    answer=$("$GRIDWORK" order show "$ORDER" --json 9>&-) || return 1
    answer=$("$PYTHON" "$PROJECT/deploy/lib/order.py" line <<<"$answer") || return 1
    ORDER_JSON=$answer
}

# Waits until the order is over and says how far it is; fails unless every leg of it is completed.
demonstration_wait_for_order() {
    local deadline=$((SECONDS + ORDER_LIMIT)) progress last='' code
    while true; do
        demonstration_read_order || return 1
        code=0
        progress=$("$PYTHON" "$PROJECT/deploy/lib/order.py" progress <<<"$ORDER_JSON") || code=$?
        [[ $progress == "$last" ]] || say "$progress"
        last=$progress
        # 0: completed; 75: still going on; anything else: over, and not as it should be.
        ((code == EXIT_TEMPORARY)) || return "$code"
        if ! process_alive "$PLACE/run/node.pid" >/dev/null; then
            show_log "$PLACE/logs/node.log"
            say "The node ended while the order was going on; its log is above."
            return 1
        fi
        if ((SECONDS >= deadline)); then
            show_log "$PLACE/logs/node.log"
            say "The order was not completed within $ORDER_LIMIT s; the node's log is above."
            return 1
        fi
        sleep 1
    done
}
