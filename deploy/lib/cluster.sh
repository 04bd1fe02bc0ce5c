# shellcheck shell=bash
# Three private RabbitMQ nodes that are one cluster; `deploy/broker cluster` is its command line.
#
# Sourced after broker.sh. A cluster lives in a directory of its own:
#
#     1/ 2/ 3/         its members, each a broker of its own: `deploy/broker kill DIR/2`, `deploy/broker start DIR/2`
#     epmd.pid         record of the port mapper through which the members find each other
#     formed           is there once the members have been one cluster
#     lock

readonly CLUSTER_MEMBERS=(1 2 3)

# Prepares the members unless they are: one Erlang cookie, one port mapper, one certificate, and a configuration by which
# members 2 and 3 join the first at their first start.
cluster_prepare() {
    local directory=$1 member ports cookie
    [[ ! -f $directory/3/env ]] || return 0
    mapfile -t ports < <("$PYTHON" "$PROJECT/deploy/lib/ports.py" 10)
    ((${#ports[@]} == 10)) || fail "$EXIT_UNAVAILABLE" "no free ports for the cluster in $directory"
    cookie=$(openssl rand -hex 24)
    for member in "${CLUSTER_MEMBERS[@]}"; do
        broker_open "$directory/$member"
        mkdir -p -- "$BROKER"
        # Nobody else has this authority's certificates, so the members may share one.
        [[ $member == 1 ]] || cp -a -- "$directory/1/tls" "$BROKER/tls"
        broker_prepare
        rm -f -- "$BROKER/home/.erlang.cookie"
        (umask 377 && printf '%s' "$cookie" >"$BROKER/home/.erlang.cookie")
        cluster_configure
        CLUSTER=$directory NODE_NAME=$(cluster_node "$member")
        EPMD_PORT=${ports[9]} AMQP_PORT=${ports[member - 1]} AMQPS_PORT=${ports[member + 2]} DIST_PORT=${ports[member + 5]}
        broker_remember
    done
}

# Prints the name of the node of member $1.
cluster_node() {
    printf 'gridwork-%s@localhost\n' "$1"
}

cluster_configure() {
    local member
    {
        printf '%s\n' 'cluster_formation.peer_discovery_backend = classic_config' \
            'cluster_partition_handling = pause_minority'
        for member in "${CLUSTER_MEMBERS[@]}"; do
            printf 'cluster_formation.classic_config.nodes.%s = %s\n' "$member" "$(cluster_node "$member")"
        done
    } >"$BROKER/conf.d/cluster.conf"
}

# Starts the members named, all at once: one that was not the last to stop waits for the others.
cluster_start_members() {
    local directory=$1 member starts=() start status=0
    shift
    for member in "$@"; do
        "$PROJECT/deploy/broker" start "$directory/$member" 9>&- &
        starts+=($!)
    done
    for start in "${starts[@]}"; do wait "$start" || status=$?; done
    return "$status"
}

# Starts the cluster in directory $1, or what is missing of it, and returns when its members have found each other.
cluster_start() {
    local directory=$1
    cluster_prepare "$directory"
    broker_open "$directory/1"
    broker_set_environment
    broker_start_port_mapper
    # Members that find nobody at their first start would each be a broker by itself.
    if [[ ! -e $directory/formed ]]; then cluster_start_members "$directory" 1 || return; fi
    cluster_start_members "$directory" "${CLUSTER_MEMBERS[@]}" || return
    cluster_is_whole "$directory" || fail "$EXIT_UNAVAILABLE" "the members in $directory run, but have not found each" \
        "other; stop the cluster, remove the directory and start again"
    broker_define /
    : >"$directory/formed"
    say "The cluster in $directory runs: $(cluster_url "$directory" amqp /)"
}

# Tells whether every member runs and sees all others.
cluster_is_whole() {
    local member seen
    for member in "${CLUSTER_MEMBERS[@]}"; do
        broker_open "$1/$member"
        broker_is_ready || return 1
    done
    seen=$(broker_ctl --quiet eval 'length(rabbit_nodes:all_running()).') || return 1
    ((seen == ${#CLUSTER_MEMBERS[@]}))
}

# Stops all members and the port mapper; the data stay.
cluster_stop() {
    local directory=$1 member stops=() stop status=0
    for member in "${CLUSTER_MEMBERS[@]}"; do
        "$PROJECT/deploy/broker" stop "$directory/$member" 9>&- &
        stops+=($!)
    done
    for stop in "${stops[@]}"; do wait "$stop" || status=$?; done
    process_stop "$directory/epmd.pid" 5 || status=$?
    return "$status"
}

# Prints one URL with the addresses of all members of the cluster $1, for the scheme $2 and the vhost $3.
cluster_url() {
    local directory=$1 scheme=$2 vhost=$3 member hosts=()
    for member in "${CLUSTER_MEMBERS[@]}"; do
        broker_open "$directory/$member"
        if [[ $scheme == amqps ]]; then hosts+=("localhost:$AMQPS_PORT"); else hosts+=("127.0.0.1:$AMQP_PORT"); fi
    done
    local IFS=,
    broker_format_url "$scheme" "${hosts[*]}" "$vhost"
}
