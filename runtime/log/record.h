/* record.h: what a run leaves beside its table of scalars: run.json for scalars.csv, run_2.json for scalars_2.csv. It
 * has what is no number over time: what the run was made with, what the model answers, filters, a profile. */
#ifndef NC_LOG_RECORD_H
#define NC_LOG_RECORD_H

#include <stdio.h>
#include <string.h>

#include "system/draft.h"

/* The path of the record beside a table; 0: the table is called otherwise. */
static inline int nc_record_path(const char *table, char path[NC_PATH])
{
    static const char name[] = "scalars", ending[] = ".csv";
    const size_t around = sizeof name + sizeof ending - 2;
    const char *slash = strrchr(table, '/'), *own = slash != NULL ? slash + 1 : table;
    const size_t length = strlen(own);
    if (length < around || strncmp(own, name, strlen(name)) != 0 ||
        strcmp(own + length - strlen(ending), ending) != 0)
        return 0;
    return snprintf(path, NC_PATH, "%.*srun%.*s.json", (int)(own - table), table, (int)(length - around),
                    own + strlen(name)) < NC_PATH;
}

#endif
