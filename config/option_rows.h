/*
 * option_rows.h - the macros that the rows of the option table are written with, and the tables
 * that other tables hold.
 */
#ifndef CONFIG_OPTION_ROWS_H
#define CONFIG_OPTION_ROWS_H

#include <stddef.h>

#include "config/config.h"
#include "config/table.h"

/* Where the value of an option lies in the struct of its table. */
#define FIELD(type, member)	.offset = offsetof(type, member), .size = sizeof(((type *)NULL)->member)
#define COUNT(type, member)	.count_offset = offsetof(type, member)
#define MINUTE_OF(type, member) .minute_offset = offsetof(type, member)
#define PRESENT(type, member)	.present_offset = offsetof(type, member)
#define TABLE(array)		.options = (array), .count = sizeof(array) / sizeof((array)[0])
/* The keys of a group whose values lie beside those around it. `shown` as option.example. */
#define GROUP(key, keys, shown, text)                                               \
	{                                                                           \
		.name = (key), .type = OPTION_GROUP, .offset = 0, .table = &(keys), \
		.example = (shown), .help = (text),                                 \
	}

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (366 * DAY)
#define KIB    (INT64_C(1) << 10)
#define MIB    (INT64_C(1) << 20)
#define GIB    (INT64_C(1) << 30)
#define TIB    (INT64_C(1) << 40)

/* in options_mailbox.c and options_login.c */
extern const struct option_table option_table_server, option_table_login, option_table_mailbox;
/* in options_work.c */
extern const struct option_table option_table_follow_ups, option_table_actions, option_table_leads,
	option_table_support, option_table_invoices, option_table_finance;
/* in options_sales.c */
extern const struct option_table option_table_deals, option_table_projects, option_table_review;

#endif
