//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#ifndef GRIDWORK_CRABBITMQ_SHIM_H
#define GRIDWORK_CRABBITMQ_SHIM_H

// librabbitmq 0.12 moved its headers into a folder of their own.
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif
#include <sys/eventfd.h>
#include <sys/prctl.h>

/// Logs in with a user name and a password.
///
/// amqp_login_with_properties takes a variable number of arguments, which Swift cannot call.
static inline amqp_rpc_reply_t gridwork_amqp_login_plain(
    amqp_connection_state_t state, const char *virtual_host, int channel_max,
    int frame_max, int heartbeat, const amqp_table_t *properties,
    const char *username, const char *password) {
  return amqp_login_with_properties(state, virtual_host, channel_max, frame_max,
                                    heartbeat, properties,
                                    AMQP_SASL_METHOD_PLAIN, username, password);
}

/// Names the calling thread, as debuggers and ps show it.
///
/// prctl takes a variable number of arguments, which Swift cannot call.
static inline void gridwork_name_thread(const char *name) {
  prctl(PR_SET_NAME, name);
}

#endif
