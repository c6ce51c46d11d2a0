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

void nc_html_section(FILE *to, const char *title, const struct nc_report_run *runs, int count,
                     int (*has)(const struct nc_report_run *run),
                     void (*put)(FILE *to, const struct nc_report_run *run))
{
    int any = 0;
    for (int i = 0; i < count; i++)
        any += has(&runs[i]) != 0;
    if (any == 0)
        return;
    fprintf(to, "<section><h2>%s</h2>\n<div class=\"%s\">\n", title, any > 1 ? "side" : "alone");
    for (int i = 0; i < count; i++) {
        if (!has(&runs[i]))
            continue;
        fputs("<div class=\"of-run\">\n", to);
        if (count > 1) {
            fputs("<h3>", to);
            nc_html_text(to, runs[i].label);
            fputs("</h3>\n", to);
        }
        put(to, &runs[i]);
        fputs("</div>\n", to);
    }
    fputs("</div></section>\n", to);
}

int nc_html_picture(FILE *to, const char *kind, const char *base64, int width, const char *style, const char *alt)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    if (base64 == NULL || base64[strspn(base64, digits)] != '\0')
        return 0;
    fprintf(to, "<img class=\"%s\" src=\"data:image/%s;base64,%s\"", style, kind, base64);
    if (width > 0)
        fprintf(to, " width=\"%d\"", width);
    fputs(" alt=\"", to);
    nc_html_text(to, alt);
    fputs("\">", to);
    return 1;
}

void nc_html_bar(FILE *to, double share)
{
    const double length = share > 0 ? share < 1 ? share : 1 : 0; /* NaN: none */
    fprintf(to, "<span class=\"bar\"><span style=\"width:%.1f%%\"></span></span>", 100 * length);
}
