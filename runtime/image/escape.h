/* escape.h: libraries whose errors must not return to them: the work on a picture ends by longjmp.
 *
 * What the work changes belongs to nc_escape's caller, in memory whose address it was given, so that nothing of it is
 * lost on the way. */
#ifndef NC_IMAGE_ESCAPE_H
#define NC_IMAGE_ESCAPE_H

#include <setjmp.h>

enum { NC_ENDED, NC_FAILED, NC_DONE }; /* by itself; or by longjmp, with this value */

/* Calls work(context), which may end by longjmp(out, NC_FAILED or NC_DONE). Returns 1 unless it failed. */
static inline int nc_escape(jmp_buf out, void (*work)(void *context), void *context)
{
    switch (setjmp(out)) {
    case NC_ENDED:
        work(context);
        return 1;
    case NC_DONE:
        return 1;
    default:
        return 0;
    }
}

#endif
