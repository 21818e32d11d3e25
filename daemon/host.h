/*
 * host.h - what a host's address is.
 */
#ifndef DAEMON_HOST_H
#define DAEMON_HOST_H

#include <stdbool.h>
#include <sys/socket.h>

/* 127.0.0.0/8 or ::1: bytes sent there stay on this computer. */
bool host_is_loopback(const struct sockaddr *address);
/* The text is an IPv4 or IPv6 address and no name. */
bool host_is_address(const char *host);

#endif
