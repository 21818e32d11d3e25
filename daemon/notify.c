#include "daemon/notify.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

/* sd_notify fails only where nobody listens any more: then there is nobody to tell. */

void notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
	struct timespec now;

	/* systemd 253 and later compare the time with that of their signal */
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=stopping");
}

void notify_status(const char *text)
{
	static char last[1024];

	if (strncmp(text, last, sizeof last - 1) == 0)
		return;
	snprintf(last, sizeof last, "%s", text);
	sd_notifyf(0, "STATUS=%s", last);
}

void notify_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}

int64_t notify_watchdog_ms(void)
{
	uint64_t interval_us = 0;

	if (sd_watchdog_enabled(0, &interval_us) <= 0)
		return 0;
	return (int64_t)(interval_us / 1000);
}
