#include "parser/facts_invite.h"

#include "base/zone.h"

#define MINUTE_MS  INT64_C(60000)
#define DAY_MS	   INT64_C(86400000)
#define ZONE_BYTES 64

static void settle(struct facts_time *time, const char *zone)
{
	int64_t wall = time->instant_ms + time->offset_minutes * MINUTE_MS;
	int64_t day = wall / DAY_MS - (wall % DAY_MS < 0);
	int seconds = (int)((wall - day * DAY_MS) / 1000);

	if (!time->present)
		return;
	time->instant_ms = zone_instant(
		zone, date_from_days(day), seconds / 3600, seconds / 60 % 60, seconds % 60);
	time->offset_minutes = zone_local(zone, time->instant_ms).offset_minutes;
}

void facts_invite_settle(struct facts_invite *invite)
{
	char zone[ZONE_BYTES];

	if (invite->all_day || invite->zone.size == 0 || invite->zone.size >= sizeof(zone))
		return;
	memcpy(zone, invite->zone.data, invite->zone.size);
	zone[invite->zone.size] = '\0';
	if (!zone_is_known(zone))
		return;
	settle(&invite->start, zone);
	settle(&invite->end, zone);
	invite->time_certain = invite->start.present;
}
