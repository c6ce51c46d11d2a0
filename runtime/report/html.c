/* Texts on a page. */
#include <stdint.h>
#include <string.h>

#include "report.h"
#include "system/characters.h"

void nc_html_text(FILE *to, const char *text)
{
    for (size_t size, left = strlen(text); left > 0; text += size, left -= size) {
        uint32_t code = 0;
        size = nc_utf8(text, left, &code);
        const int control = code < ' ' ? code != '\n' && code != '\t' : code >= 0x7f && code < 0xa0;
        if (size == 0 || control)
            fputs("\xef\xbf\xbd", to);
        else if (code == '&')
            fputs("&amp;", to);
        else if (code == '<')
            fputs("&lt;", to);
        else if (code == '>')
            fputs("&gt;", to);
        else if (code == '"')
            fputs("&quot;", to);
        else if (code == '\'')
            fputs("&#39;", to);
        else
            fwrite(text, 1, size, to);
        size = size == 0 ? 1 : size;
    }
}
