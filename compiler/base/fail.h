/* The two failures that are not the user's: of the system, and of netc itself.
 * What the user wrote wrong goes through diag.h. */
#ifndef NETC_BASE_FAIL_H
#define NETC_BASE_FAIL_H

/* The system refused something that netc cannot do without. Prints "netc: ..." and exits with 1. */
_Noreturn void fail_system(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A state that a correct netc never reaches. Prints where, asks for a report, and aborts. */
_Noreturn void fail_bug_at(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
#define fail_bug(...) fail_bug_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
