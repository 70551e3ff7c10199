"""Which endings make a dotted word a file, and which such words are programs' names all the same."""

from __future__ import annotations

FILE_ENDINGS = frozenset(
    (
        "exe", "dll", "sys", "scr", "ocx", "cpl", "drv", "com_", "bat", "cmd", "ps1", "psm1", "psd1", "vbs", "vbe", "js",
        "jse", "wsf", "wsh", "hta", "lnk",
        "msi", "msp", "cab", "inf", "reg", "chm", "hlp", "sct", "xll", "xlam", "ppam", "wll", "doc", "docx", "docm", "dot",
        "dotm", "dotx", "xls", "xlsx",
        "xlsm", "xlsb", "xlt", "ppt", "pptx", "pptm", "pps", "ppsx", "pdf", "rtf", "odt", "ods", "one", "onepkg", "eml",
        "msg", "pst", "ost", "edb",
        "zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "lzh", "ace", "arj", "iso", "img", "vhd", "vhdx", "dmg",
        "pkg", "deb", "rpm", "apk", "ipa",
        "dex", "jar", "war", "class", "py", "pyc", "pyd", "pyw", "pl", "rb", "sh", "bash", "elf", "so", "dylib", "ko",
        "bin", "dat", "tmp", "temp",
        "bak", "old", "log", "txt", "ini", "cfg", "conf", "config", "xml", "json", "yml", "yaml", "csv", "tsv", "db",
        "sqlite", "sql", "mdb", "kdbx",
        "aspx", "ashx", "asmx", "asp", "asax", "php", "php3", "php5", "phtml", "jsp", "jspx", "jspf", "cgi", "cfm", "htm",
        "html", "mht", "shtml", "css",
        "svg", "png", "jpg", "jpeg", "gif", "bmp", "ico", "webp", "tif", "tiff", "wav", "mp3", "mp4", "avi", "wmv", "mov",
        "swf", "flv", "ttf", "otf", "woff",
        "dmp", "mdmp", "evtx", "etl", "pcap", "pcapng", "pf", "hiv", "key", "pem", "crt", "cer", "pfx", "p12", "p7b",
        "rsa", "pub", "ppk", "rdp", "ovpn",
        "plist", "desktop", "service", "bashrc", "manifest", "mui", "nls", "ax", "tlb", "pdb", "lib", "obj", "o", "a", "h",
        "c", "cpp", "cs", "csproj",
        "sln", "vcxproj", "go", "rs", "java", "kt", "swift", "lua", "asm", "md", "yar", "yara", "ps", "url", "website",
        "theme", "search-ms", "settingcontent-ms",
        "compiled", "browser", "svc", "axd", "master", "resx", "ps1xml", "vmdk", "ova", "vmem", "enc", "encrypted",
        "locked",
        "msix", "msixbundle", "appx", "appxbundle", "mobileconfig", "xapk", "diagcab", "wim", "scpt", "applescript",
        "inc", "job", "rule", "crypt", "cry", "lock",
    )
)  # fmt: skip
# Endings that are top-level domains as well: a file unless the name stands as a host does.
HOST_LIKE_ENDINGS = frozenset(
    ("sh", "py", "pl", "ps", "md", "rs", "so", "zip", "mov", "cc", "cab", "search", "service", "one", "pub", "java",
     "swift", "bz", "go", "cfd", "app", "info", "cat", "sc")
) & FILE_ENDINGS | {"zip"}  # fmt: skip
_LIBRARIES = frozenset(
    (
        "node.js", "vue.js", "react.js", "next.js", "nuxt.js", "three.js", "d3.js", "express.js", "angular.js", "ember.js",
        "backbone.js", "moment.js",
        "chart.js", "socket.io", "asp.net", "vb.net", "ado.net", "ml.net", "discord.js", "electron.js", "deno.js", "p5.js",
    )
)  # fmt: skip


def is_program_name(token: str, text: str, start: int, end: int) -> bool:
    """Whether a dotted word only looks like a file: a library's name, a method of an object, one letter after a number."""
    low = token.lower()
    if low in _LIBRARIES or text[end : end + 1] == "(":
        return True
    stem, ending = low.rsplit(".", 1)
    if len(ending) == 1:  # ".c", ".h", ".o", ".a": only with a stem of several letters and no blank-less sentence around it
        return len(stem) < 3 or "." in stem or not stem.replace("_", "").isalnum() or token.rsplit(".", 1)[1].isupper()
    if ending in {"one", "key", "old", "service", "browser", "master", "compiled", "log", "lock", "class", "go", "search"}:
        first = token.rsplit(".", 1)[0]
        return ending[:1].isupper() and not first.isupper() or (first in {"console", "math", "Math", "this", "self", "System"})
    if stem in {"e.g", "i.e", "a.k.a"}:
        return True
    last = token.rsplit(".", 1)[1]
    if (
        last in {"Json", "Xml", "Sql", "Resources"} and token[:1].isupper() and stem.replace(".", "").isalpha()
    ):  # a name in .NET
        return True
    # "the end.Config": two sentences without a blank between them
    return (
        last[:1].isupper()
        and not last.isupper()
        and stem.isalpha()
        and token[:1].islower()
        and len(stem) < 12
        and ending in {"one", "config", "search", "temp", "bin"}
    )
