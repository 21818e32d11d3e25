/*
 * notify.h - what the service manager is told (sd_notify(3)). The only user of sd-daemon.h. Without
 * a service manager every call does nothing.
 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdint.h>

void notify_ready(void);
/* SIGHUP came; notify_ready says that it is done. */
void notify_reloading(void);
void notify_stopping(void);
/* One line for `systemctl status`; sent only when it changed. */
void notify_status(const char *text);
void notify_watchdog(void);
/* The interval in which a notify_watchdog must come; 0: nobody watches. */
int64_t notify_watchdog_ms(void);

#endif
