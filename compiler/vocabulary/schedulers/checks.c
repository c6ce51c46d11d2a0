/* What several schedulers check of their arguments. */
#include "vocabulary/schedulers/schedulers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

bool scheduler_check_least(Diag *diag, const char *name, const Param *params, const Args *args, int place, int least)
{
    const Arg *arg = &args->at[place];
    if (arg->none || arg->inferred || arg->i >= least)
        return true;
    diag_error(diag, arg->span, "%s expects %s to be at least %d but gets %" PRId64, name, params[place].name, least,
               arg->i);
    return false;
}

bool scheduler_check_range(Diag *diag, const char *name, const Param *params, const Args *args, int place, double low,
                           double high)
{
    const Arg *arg = &args->at[place];
    if (arg->f >= low && arg->f <= high)
        return true;
    diag_error(diag, arg->span, "%s expects %s to be between %g and %g but gets %.12g", name, params[place].name, low,
               high, arg->f);
    return false;
}

bool scheduler_check_word(Arena *arena, Diag *diag, const char *name, const Param *params, const Args *args, int place,
                          const char *const *words)
{
    const Arg *arg = &args->at[place];
    const char *list = "";
    for (const char *const *word = words; *word; word++) {
        if (strcmp(arg->s, *word) == 0)
            return true;
        list = arena_printf(arena, "%s%s\"%s\"", list, !*list ? "" : word[1] ? ", " : " or ", *word);
    }
    diag_error(diag, arg->span, "%s expects %s to be %s but gets \"%s\"", name, params[place].name, list, arg->s);
    return false;
}

bool scheduler_check_milestones(Diag *diag, const char *name, const Args *args, int place)
{
    const Arg *arg = &args->at[place];
    for (int i = 0; i < arg->list_count; i++)
        if (arg->list[i] != floor(arg->list[i]) || fabs(arg->list[i]) > 1e9) {
            diag_error(diag, arg->span, "%s expects milestones to be whole numbers but gets %.12g", name,
                       arg->list[i]);
            return false;
        }
    return true;
}
