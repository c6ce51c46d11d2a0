#include "system/json.h"

#include <stdint.h>
#include <string.h>

#include "system/characters.h"

void nc_json_text(FILE *to, const char *text)
{
    putc('"', to);
    for (size_t size, left = strlen(text); left > 0; text += size, left -= size) {
        uint32_t code = 0;
        size = nc_utf8(text, left, &code);
        if (size == 0) {
            fputs("\xef\xbf\xbd", to);
            size = 1;
        } else if (code == '"' || code == '\\') {
            fprintf(to, "\\%c", (int)code);
        } else if (code < ' ' || code == 0x7f) {
            fprintf(to, "\\u%04x", (unsigned)code);
        } else {
            fwrite(text, 1, size, to);
        }
    }
    putc('"', to);
}
