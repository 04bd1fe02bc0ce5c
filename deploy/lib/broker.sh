# shellcheck shell=bash
# One private RabbitMQ node in a directory of its own; `deploy/broker` is its command line.
#
# Sourced after common.sh and process.sh. Every function works on the directory chosen by `broker_open`:
#
#     env              the ports and the node's name, chosen once; for a member of a cluster, see cluster.sh, that too
#     tls/             an authority of the broker's own, made once, and the certificate for localhost that it signed
#     broker.pid       record of the Erlang machine           epmd.pid   record of its port mapper
#     ready            copy of broker.pid, made when the node answered and had its policies
#     home/ data/ log/ cookie, messages, logs

readonly RABBITMQ_BIN=/usr/lib/rabbitmq/bin
readonly RABBITMQ_FILES="$PROJECT/deploy/rabbitmq"
readonly BROKER_START_LIMIT=90
readonly BROKER_STOP_LIMIT=30

# Chooses the directory $1 and reads what is known about its node. Values are read, never run.
broker_open() {
    BROKER=$1
    AMQP_PORT='' AMQPS_PORT='' DIST_PORT='' EPMD_PORT='' MANAGEMENT_PORT='' NODE_NAME='' CLUSTER=''
    [[ -f $BROKER/env ]] || return 0
    local key value
    while IFS='=' read -r key value; do
        case $key in
            AMQP_PORT) AMQP_PORT=$value ;;
            AMQPS_PORT) AMQPS_PORT=$value ;;
            DIST_PORT) DIST_PORT=$value ;;
            EPMD_PORT) EPMD_PORT=$value ;;
            MANAGEMENT_PORT) MANAGEMENT_PORT=$value ;;
            NODE_NAME) NODE_NAME=$value ;;
            # Beside its members, so that the directory can be moved.
            MEMBER) CLUSTER=$(dirname -- "$BROKER") ;;
        esac
    done <"$BROKER/env"
}

# Makes the directories, readable by their owner only: the Erlang cookie in them gives full power over the node.
broker_prepare() {
    mkdir -p -- "$BROKER"
    mkdir -p -- "$BROKER/home" "$BROKER/data" "$BROKER/log" "$BROKER/conf.d"
    chmod 700 -- "$BROKER/home" "$BROKER/data"
    [[ -s $BROKER/tls/server.pem ]] || broker_make_certificates
    # Erlang refuses a cookie that others can read, as it may be after a copy of the directory.
    [[ ! -e $BROKER/home/.erlang.cookie ]] || chmod 400 -- "$BROKER/home/.erlang.cookie"
    # No plugins: AMQP is all that a node speaks. The management API comes when somebody asks for it.
    printf '[%s].\n' "${MANAGEMENT_PORT:+rabbitmq_management}" >"$BROKER/enabled_plugins"
}

# Makes an authority and has it sign a certificate for localhost; its key is thrown away, so that it never signs another.
broker_make_certificates() {
    local tls="$BROKER/tls.new" log="$BROKER/log/certificates.log"
    rm -rf -- "$tls"
    mkdir -m 700 -- "$tls"
    if ! {
        openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Gridwork private authority' \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
            -keyout "$tls/authority.key" -out "$tls/authority.pem" &&
            openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$tls/server.key" -out "$tls/server.csr" &&
            openssl x509 -req -in "$tls/server.csr" -days 3650 -set_serial 1 \
                -extfile <(printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n') \
                -CA "$tls/authority.pem" -CAkey "$tls/authority.key" -out "$tls/server.pem"
    } >"$log" 2>&1 </dev/null; then
        show_log "$log"
        fail "$EXIT_UNAVAILABLE" "openssl could not make the certificates of the broker in $BROKER"
    fi
    rm -f -- "$tls/authority.key" "$tls/server.csr"
    rm -rf -- "$BROKER/tls"
    mv -- "$tls" "$BROKER/tls"
}

# Lets the node listen for TLS as well: as on an office machine, but for the ports, which are those chosen, and the folder.
broker_configure_tls() {
    local text
    text=$(<"$RABBITMQ_FILES/tls.conf")
    text=${text//"127.0.0.1:5672"/"127.0.0.1:$AMQP_PORT"}
    text=${text//"listeners.ssl.default = 5671"/"listeners.ssl.1 = 127.0.0.1:$AMQPS_PORT"}
    printf '%s\n' "${text//"/etc/rabbitmq/tls"/"$BROKER/tls"}" >"$BROKER/conf.d/tls.conf"
}

# Keeps the remembered ports that are still free, draws the others, and remembers them. The node's name stays for good: its
# data are filed under it.
broker_choose_ports() {
    local count=4 ports
    # The members of a cluster find each other through one port mapper, which is not theirs to move.
    [[ -z $CLUSTER ]] || count=3
    # shellcheck disable=SC2086  # an unknown port is no argument
    ports=$("$PYTHON" "$PROJECT/deploy/lib/ports.py" $count $AMQP_PORT $AMQPS_PORT $DIST_PORT $EPMD_PORT)
    {
        read -r AMQP_PORT && read -r AMQPS_PORT && read -r DIST_PORT
        [[ -n $CLUSTER ]] || read -r EPMD_PORT
    } <<<"$ports"
    NODE_NAME=${NODE_NAME:-gridwork-$AMQP_PORT@localhost}
    [[ -z $MANAGEMENT_PORT ]] || broker_choose_management_port
    broker_remember
}

# Draws a port for the management API, or keeps the one it had, and tells the node at its next start.
broker_choose_management_port() {
    # shellcheck disable=SC2086  # an unknown port is no argument
    MANAGEMENT_PORT=$("$PYTHON" "$PROJECT/deploy/lib/ports.py" 1 $MANAGEMENT_PORT)
    printf '%s\n' 'management.tcp.ip = 127.0.0.1' "management.tcp.port = $MANAGEMENT_PORT" >"$BROKER/conf.d/management.conf"
}

# Has the management API of the running node answer, and of every later start of it. Not before somebody asks: a node that
# has it takes seconds longer to start and 12 MiB more.
broker_enable_management() {
    [[ -z $MANAGEMENT_PORT ]] || return 0
    local log="$BROKER/log/management.log"
    broker_choose_management_port
    if ! {
        broker_ctl --quiet eval "application:set_env(rabbitmq_management, tcp_config,
            [{ip, \"127.0.0.1\"}, {port, $MANAGEMENT_PORT}])." &&
            "${BROKER_ENVIRONMENT[@]}" "$RABBITMQ_BIN/rabbitmq-plugins" enable rabbitmq_management 9>&-
    } >"$log" 2>&1; then
        show_log "$log"
        rm -f -- "$BROKER/conf.d/management.conf"
        fail "$EXIT_UNAVAILABLE" "the management API of the broker in $BROKER could not be enabled"
    fi
    broker_remember
}

# Remembers the ports and the name of the node.
broker_remember() {
    printf '%s\n' "AMQP_PORT=$AMQP_PORT" "AMQPS_PORT=$AMQPS_PORT" "DIST_PORT=$DIST_PORT" "EPMD_PORT=$EPMD_PORT" \
        "NODE_NAME=$NODE_NAME" ${MANAGEMENT_PORT:+"MANAGEMENT_PORT=$MANAGEMENT_PORT"} ${CLUSTER:+MEMBER=yes} >"$BROKER/env.new"
    mv -f -- "$BROKER/env.new" "$BROKER/env"
}

# Prepares the words that run a command in the node's own environment and in no other: settings of a system broker, in the
# environment or in /etc/rabbitmq, must not reach a private one. Everything listens on 127.0.0.1 only, tools included.
broker_set_environment() {
    local loopback='-kernel inet_dist_use_interface {127,0,0,1}'
    BROKER_ENVIRONMENT=(
        env -i -C "$BROKER"
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        LC_ALL=C.UTF-8
        HOME="$BROKER/home"
        ERL_CRASH_DUMP="$BROKER/log/erl_crash.dump"
        ERL_EPMD_ADDRESS=127.0.0.1
        ERL_EPMD_PORT="$EPMD_PORT"
        RABBITMQ_CONF_ENV_FILE=/dev/null
        RABBITMQ_CONFIG_FILE="$RABBITMQ_FILES/rabbitmq.conf"
        RABBITMQ_CONFIG_FILES="$BROKER/conf.d"
        RABBITMQ_ADVANCED_CONFIG_FILE="$BROKER/advanced.config"
        RABBITMQ_ENABLED_PLUGINS_FILE="$BROKER/enabled_plugins"
        RABBITMQ_MNESIA_BASE="$BROKER/data"
        RABBITMQ_LOG_BASE="$BROKER/log"
        RABBITMQ_LOGS="$BROKER/log/broker.log"
        RABBITMQ_NODENAME="$NODE_NAME"
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
        RABBITMQ_NODE_PORT="$AMQP_PORT"
        RABBITMQ_DIST_PORT="$DIST_PORT"
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="$loopback"
        RABBITMQ_CTL_ERL_ARGS="$loopback"
        # Any free port, or only eleven tools could run at a time on the whole machine.
        RABBITMQ_CTL_DIST_PORT_MIN=0
        RABBITMQ_CTL_DIST_PORT_MAX=0
    )
}

# Prints the id of the node's process; fails if it does not run.
broker_pid() {
    process_alive "$BROKER/broker.pid"
}

# Tells whether the node runs and was made ready by an earlier start.
broker_is_ready() {
    broker_pid >/dev/null && cmp -s -- "$BROKER/broker.pid" "$BROKER/ready"
}

# Tells whether the node has come up: it says so after it has opened its ports, and somebody accepts connections on them.
broker_is_up() {
    grep -q 'Starting broker\.\.\. completed' "$BROKER/log/startup.log" &&
        (exec 3<>"/dev/tcp/127.0.0.1/$AMQP_PORT") 2>/dev/null
}

# Runs rabbitmqctl on the node.
broker_ctl() {
    broker_set_environment
    "${BROKER_ENVIRONMENT[@]}" "$RABBITMQ_BIN/rabbitmqctl" "$@" 9>&-
}

# Makes the vhosts named, with Gridwork's policies in them and full permissions for guest.
broker_define() {
    "$PYTHON" "$PROJECT/deploy/lib/definitions.py" "$RABBITMQ_FILES/definitions.json" "$@" |
        broker_ctl --quiet import_definitions
}

# Starts the port mapper and the node. epmd is started here, not by Erlang, so that its process id is known and it can be
# stopped with the node. One left over from a killed run goes first: it may sit on a port the node is to have now. That of a
# cluster stays for the other members.
broker_launch() {
    local files log="$BROKER/log/startup.log"
    [[ -n $CLUSTER ]] || process_stop "$BROKER/epmd.pid" 5
    broker_choose_ports
    broker_configure_tls
    broker_set_environment
    files=$(ulimit -H -n)
    if [[ $files == unlimited ]] || ((files > 65536)); then files=65536; fi
    ulimit -S -n "$files"
    : >"$log"
    broker_start_port_mapper
    # The variable makes the script become the Erlang machine, so that the process recorded is that one.
    process_spawn "$BROKER/broker.pid" "$log" \
        "${BROKER_ENVIRONMENT[@]}" RUNNING_UNDER_SYSTEMD=true "$RABBITMQ_BIN/rabbitmq-server"
}

# Starts the port mapper of the node, or of its cluster, unless it runs.
broker_start_port_mapper() {
    local record=${CLUSTER:-$BROKER}/epmd.pid
    process_alive "$record" >/dev/null ||
        process_spawn "$record" "$BROKER/log/startup.log" \
            "${BROKER_ENVIRONMENT[@]}" epmd -address 127.0.0.1 -port "$EPMD_PORT"
}

# Waits until the node has come up; fails when it ends or the limit is over.
broker_wait() {
    local deadline=$((SECONDS + BROKER_START_LIMIT))
    until broker_is_up; do
        broker_pid >/dev/null || return 1
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# Starts the node unless it runs, and returns when it answers and has its policies. A start that was cut short is completed.
# RabbitMQ 3.10 was seen to stand still for good between opening its ports and being up, once in some thousand starts on a
# busy machine: a node that does not come up is stopped and started once more.
broker_start() {
    local action='is running already' tries=2
    broker_prepare
    if broker_is_ready && process_signal "$BROKER/broker.pid" CONT; then
        say "The broker in $BROKER $action: $(broker_url /)"
        return
    fi
    while true; do
        if ! process_signal "$BROKER/broker.pid" CONT; then
            action='runs'
            say "Starting RabbitMQ in $BROKER ..."
            broker_launch
        fi
        # The members of a cluster have their policies in common.
        if broker_wait && { [[ -n $CLUSTER ]] || broker_define /; }; then break; fi
        show_log "$BROKER/log/startup.log" 15
        show_log "$BROKER/log/broker.log" 30
        broker_stop
        ((--tries > 0)) ||
            fail "$EXIT_UNAVAILABLE" "RabbitMQ did not come up in $BROKER (limit: $BROKER_START_LIMIT s); its log is above"
    done
    cp -- "$BROKER/broker.pid" "$BROKER/ready"
    say "The broker in $BROKER $action: $(broker_url /)"
}

# Stops the node, if it runs, and its port mapper, unless other members of a cluster have need of that. The data stay.
broker_stop() {
    rm -f -- "$BROKER/ready"
    process_stop "$BROKER/broker.pid" "$BROKER_STOP_LIMIT" &&
        { [[ -n $CLUSTER ]] || process_stop "$BROKER/epmd.pid" 5; }
}

# Prints the node's address with the vhost $1.
broker_url() {
    broker_format_url amqp "127.0.0.1:$AMQP_PORT" "$1"
}

# Prints the node's address over TLS with the vhost $1, and in it the authority that signed the node's certificate.
broker_tls_url() {
    broker_format_url amqps "localhost:$AMQPS_PORT" "$1"
}

# Prints the address of the node's management API.
broker_management_url() {
    printf 'http://guest:guest@127.0.0.1:%s\n' "$MANAGEMENT_PORT"
}

# Prints a URL with the scheme $1, the hosts $2 and the vhost $3.
broker_format_url() {
    local scheme=$1 hosts=$2 vhost=$3 query=''
    if [[ $scheme == amqps ]]; then
        query=$("$PYTHON" -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe="/"))' \
            "$BROKER/tls/authority.pem")
        query="?cacertfile=$query"
    fi
    printf '%s://guest:guest@%s/%s%s\n' "$scheme" "$hosts" "${vhost//\//%2F}" "$query"
}
