/* printable.h: text for people. Names of files, classes and keys may hold anything: what a terminal would obey instead
 * of showing it is written as Python's strings have it, so that no name can clear a line or forge a second message:
 *
 *     \x1b  \n      control characters, but for the tabulator
 *     \u009b        those of Unicode, the signs that turn the direction of writing, and its ends of lines
 *     \xff          bytes that are no UTF-8
 *
 * A backslash stays one, so that text which goes through twice is the same as after the first time. netc has its
 * messages through these functions too (compiler/base is linked with this file). */
#ifndef NC_PRINTABLE_H
#define NC_PRINTABLE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* The bytes of the UTF-8 character that `text`, of `length` bytes, begins with; 0 where it begins with none, or with
 * one to be escaped. */
size_t nc_harmless(const char *text, size_t length);

/* Writes `length` bytes of `text` to `to`, escaped, with no zero behind them; NULL: to nowhere. Returns how many bytes
 * that are, at most 6 for each. */
size_t nc_printable(char *to, const char *text, size_t length);

/* As fprintf, printf and vfprintf, with every text that is put in (%s) escaped; the format stands as it is. Widths and
 * precisions count bytes; there are no long doubles. */
void nc_print_to(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
void nc_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void nc_vprint(FILE *to, const char *format, va_list list) __attribute__((format(printf, 2, 0)));

/* Whether there is a terminal that moves and colours by escape sequences. */
int nc_obeys_escapes(FILE *to);

/* Whether what is printed there may have colours: to such a terminal, unless the environment has NO_COLOR. */
int nc_shows_colours(FILE *to);

/* Whether the environment says that text is UTF-8, so that there are more signs than ASCII's to draw with. */
int nc_speaks_utf8(void);

#endif
