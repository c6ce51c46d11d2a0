#include "csv_cell.h"

#include <string.h>

void nc_csv_put_cell(FILE *to, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, to); /* as it is: not for people */
        return;
    }
    putc('"', to);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    putc('"', to);
}

char *nc_csv_next_cell(char **at)
{
    char *from = *at, *cell = from, *to = from;
    const int quoted = *from == '"';
    from += quoted;
    for (; *from != '\0'; from++) {
        if (quoted && from[0] == '"' && from[1] == '"')
            from++;
        else if (quoted && *from == '"')
            break;
        else if (!quoted && *from == ',')
            break;
        *to++ = *from;
    }
    from += quoted && *from == '"';
    *at = *from == ',' ? from + 1 : NULL;
    *to = '\0';
    return cell;
}
