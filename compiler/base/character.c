#include "base/character.h"

#include <ctype.h>

#include "base/letters.h"
#include "base/text.h"
#include "system/characters.h"

static bool belongs_to_name(uint32_t code, bool first)
{
    if (code < 0x80)
        return code == '_' || (first ? isalpha((int)code) : isalnum((int)code));
    return NC_RANGE_OF(letter_starts, code) || (!first && NC_RANGE_OF(letter_others, code));
}

int character_name_length(const char *text, int length, bool digits_first)
{
    const char *at = text;
    while (at < text + length) {
        const char *next = at;
        if (!belongs_to_name(nc_character(&next), at == text && !digits_first))
            break;
        at = next;
    }
    return (int)(at - text);
}

char character_ascii(const char *text)
{
    enum { FULL_WIDTH_FIRST = 0xff01, FULL_WIDTH_LAST = 0xff5e }; /* ASCII from '!' to '~' once more */
    static const struct {
        uint32_t code;
        char ascii;
    } known[] = { /* what editors and input methods write */
        {0x00a0, ' '}, {0x3000, ' '}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x201e, '"'},
        {0x300c, '"'}, {0x300d, '"'}, {0x00d7, '*'},  {0x2013, '-'},  {0x2014, '-'}, {0x2212, '-'}, {0x3001, ','},
        {0x3002, '.'}, {0x3010, '['}, {0x3011, ']'},
    };
    uint32_t code = nc_character(&text);
    if (code >= FULL_WIDTH_FIRST && code <= FULL_WIDTH_LAST)
        return (char)(code - FULL_WIDTH_FIRST + '!');
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == code)
            return known[i].ascii;
    return 0;
}

const char *character_identifier(Arena *arena, const char *name)
{
    Text text = text_new(arena);
    while (*name) {
        uint32_t code = nc_character(&name);
        if (code >= 0x80)
            text_printf(&text, code > 0xffff ? "U%08x" : "u%04x", code);
        else
            text_pad(&text, isalnum((int)code) ? (char)code : '_', 1);
    }
    return text.bytes;
}
