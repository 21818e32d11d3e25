/*
 * feed.h - the role that serves calendars, health and metrics over HTTP. Reads the database, never
 * writes it: what clients fetched goes to the ledger.
 */
#ifndef DAEMON_FEED_H
#define DAEMON_FEED_H

/*
 * `postroomd --role feed`: reads ROLE_START from the supervisor on ROLE_CONTROL_FD, opens its
 * listening socket and the database (read-only; the ledger made it before), enters its sandbox and
 * answers ROLE_READY, or ROLE_REFUSED when it can't serve. Sends CONTROL_PROGRESS every
 * role_start.progress_ms and ROLE_FETCHED to the ledger on ROLE_LEDGER_FD, one a client and minute.
 * Ends with 0 on CONTROL_STOP or when one of the two sockets closes.
 */
int feed_main(void);

#endif
