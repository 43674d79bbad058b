"""The 64 pictures that people compare. Source: Client-Server API, "SAS method: emoji"."""

from typing import Final

EMOJI: Final = tuple(
    (picture, name)
    for picture, _, name in (
        line.partition(" ")
        for line in """\
🐶 Hond
🐱 Kat
🦁 Leeuw
🐎 Paard
🦄 Eenhoorn
🐷 Varken
🐘 Olifant
🐰 Konijn
🐼 Panda
🐓 Haan
🐧 Pinguïn
🐢 Schildpad
🐟 Vis
🐙 Octopus
🦋 Vlinder
🌷 Bloem
🌳 Boom
🌵 Cactus
🍄 Paddenstoel
🌏 Wereldbol
🌙 Maan
☁️ Wolk
🔥 Vuur
🍌 Banaan
🍎 Appel
🍓 Aardbei
🌽 Maïs
🍕 Pizza
🎂 Taart
❤️ Hart
😀 Smiley
🤖 Robot
🎩 Hoed
👓 Bril
🔧 Moersleutel
🎅 Kerstman
👍 Duim omhoog
☂️ Paraplu
⌛ Zandloper
⏰ Wekker
🎁 Cadeau
💡 Gloeilamp
📕 Boek
✏️ Potlood
📎 Paperclip
✂️ Schaar
🔒 Slot
🔑 Sleutel
🔨 Hamer
☎️ Telefoon
🏁 Vlag
🚂 Trein
🚲 Fiets
✈️ Vliegtuig
🚀 Raket
🏆 Beker
⚽ Bal
🎸 Gitaar
🎺 Trompet
🔔 Bel
⚓ Anker
🎧 Koptelefoon
📁 Map
📌 Punaise""".splitlines()
    )
)
"""The 64 pictures in the order of the specification, with what Dutch people call them."""
