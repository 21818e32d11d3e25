/*
 * free_mail.h - domains where anybody gets an address: two people with one are no company.
 */
#ifndef CONFIG_FREE_MAIL_H
#define CONFIG_FREE_MAIL_H

/* In lower case, NULL at the end. The file's organisation.free_mail_domains come on top. */
extern const char *const free_mail_domains[];

#endif
