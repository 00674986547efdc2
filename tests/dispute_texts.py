"""Short invented articles on invented disputes, with the conditions that a reader finds in them.

Each expected condition is (words of its holder, kind, strength, words of its span). A text without
expectations states no condition for talks, although the words condition, if, until, without,
guarantee or demand occur in it.
"""

WITH = {
    "ferry_only_if": (
        "BRUNNVIK, May 3 (Nordline) – The ferry crews will return to the negotiating table "
        "only if the line withdraws its new rota, their spokeswoman Ida Holm said on Monday.",
        [
            ("Holm", "precondition", 3, "withdraws its new rota"),
        ],
    ),
    "nurses_colon_list": (
        "The nurses' association has set three conditions for talks with the hospital trust: "
        "the return of the suspended midwives, an end to forced overtime and a written "
        "apology, its president Rosa Delmar told reporters.",
        [
            ("Delmar", "precondition", 2, "the return of the suspended midwives"),
            ("Delmar", "precondition", 2, "an end to forced overtime"),
            ("Delmar", "precondition", 2, "a written apology"),
        ],
    ),
    "tariffs_if_there_is_to_be": (
        "If there is to be a trade agreement, the duties on steel must be lifted, Trade "
        "Minister Oke Adeyemi of Sarrania said after the cabinet meeting. Negotiations broke "
        "down in April.",
        [
            ("Adeyemi", "precondition", 2, "the duties on steel must be lifted"),
        ],
    ),
    "rebels_unless": (
        "President Milo Varga ruled out peace talks unless the northern rebels agree to leave"
        " the dam, his office said in a statement on Friday.",
        [
            ("office", "precondition", 3, "the northern rebels agree to leave the dam"),
        ],
    ),
    "coalition_until": (
        "“There will be no coalition talks until the tax plan is dropped,” the leader of the "
        "Meadow Party, Jonas Wirth, said. His party came second in the election.",
        [
            ("Wirth", "precondition", 3, "the tax plan is dropped"),
        ],
    ),
    "truce_without": (
        "General Tahir Osei said that there could be no truce without the release of the "
        "pilots. The negotiations in Port Maren have lasted for a month.",
        [
            ("Osei", "precondition", 3, "the release of the pilots"),
        ],
    ),
    "players_subject_must": (
        "Any settlement must include a limit on the number of matches, the players' union "
        "chief Carla Bonetti said. The dispute with the league has been in mediation since "
        "June.",
        [
            ("Bonetti", "demand_term", 2, "must include a limit on the number of matches"),
        ],
    ),
    "border_format": (
        "The governor of Eastmark, Lena Fors, said negotiations on the border should be held "
        "under the supervision of the neighbouring states.",
        [
            ("Fors", "process_format", 2, "under the supervision of the neighbouring states"),
        ],
    ),
    "farmers_before": (
        "Farmers' leader Anton Rys insisted that the import licences must be revoked before "
        "any talks with the ministry.",
        [
            ("Rys", "precondition", 2, "the import licences must be revoked"),
        ],
    ),
    "miners_no_preconditions": (
        "The Copper Hill company is ready to negotiate without preconditions, its director "
        "Piet Maas said on Thursday.",
        [
            ("Maas", "declared_non_precondition", 0, "without preconditions"),
        ],
    ),
    "islands_except": (
        "“We have no preconditions for a dialogue, except that the gunboats leave the "
        "strait,” Prime Minister Sina Talau told the assembly.",
        [
            ("Talau", "declared_non_precondition", 0, "We have no preconditions"),
            ("Talau", "precondition", 3, "the gunboats leave the strait"),
        ],
    ),
    "law_bans_talks": (
        "In March the parliament of Ostria passed a law banning negotiations with the "
        "breakaway districts, Foreign Minister Beno Kralj recalled.",
        [
            (
                "parliament of Ostria",
                "prohibition",
                3,
                "negotiations with the breakaway districts",
            ),
        ],
    ),
    "to_enter_list": (
        "To return to the negotiations, the studio should pay the arrears, rehire the editors"
        " and open its books, actors' representative Yara Nunes said.",
        [
            ("Nunes", "precondition", 2, "pay the arrears"),
            ("Nunes", "precondition", 2, "rehire the editors"),
            ("Nunes", "precondition", 2, "open its books"),
        ],
    ),
    "announced_then_listed": (
        "On Tuesday the leader of the valley clans, Dawit Ferro, named four conditions for "
        "starting a dialogue. According to him, these are “the release of the elders, a new "
        "boundary commission, an end to the patrols and access to the wells.”",
        [
            ("Ferro", "precondition", 2, "the release of the elders"),
            ("Ferro", "precondition", 2, "a new boundary commission"),
            ("Ferro", "precondition", 2, "an end to the patrols"),
            ("Ferro", "precondition", 2, "access to the wells"),
        ],
    ),
    "only_one_condition": (
        "“There is only one condition for talks – the lockout must end,” bus drivers' "
        "secretary Femke Groot said.",
        [
            ("Groot", "precondition", 3, "the lockout must end"),
        ],
    ),
    "provided_that": (
        "The Kesh delegation has said that it is open to negotiations, provided that the "
        "bridge is reopened.",
        [
            ("Kesh delegation", "precondition", 3, "the bridge is reopened"),
        ],
    ),
    "while_in_office": (
        "Senator Hugo Bell stated that his movement will not negotiate with the palace while "
        "the regent is in office.",
        [
            ("Bell", "precondition", 3, "the regent is in office"),
        ],
    ),
    "only_together": (
        "Ambassador Noor Haddad stressed that her government would hold such talks only "
        "together with the city council.",
        [
            ("Haddad", "process_format", 3, "with the city council"),
        ],
    ),
    "depends": (
        "The resumption of the negotiations depends on the withdrawal of the police from the "
        "plant, strike leader Ewa Zawada said.",
        [
            ("Zawada", "precondition", 3, "the withdrawal of the police from the plant"),
        ],
    ),
}

WITHOUT = {
    "stable_condition": (
        "The negotiator Karl Udo was taken to hospital during the talks. He is in stable "
        "condition, doctors said, and will be discharged if his temperature falls."
    ),
    "weather": (
        "Talks between the two towns will be held outdoors on Sunday if the weather permits, "
        "the mayor's office said."
    ),
    "anonymity": (
        "An official who spoke on condition of anonymity said the negotiations had entered "
        "their second week. He declined to guarantee an end before the summer."
    ),
    "working_conditions": (
        "Cleaners marched for better working conditions on Saturday. Their union and the "
        "airport will hold another round of talks next week, both sides confirmed."
    ),
    "if_confirmed": (
        "If confirmed, Judge Mina Roth will chair the mediation between the clubs and the "
        "league. She said she looked forward to the task."
    ),
    "past_event": (
        "The delegations did not meet until the hostages had been freed, a participant in the"
        " talks recalled."
    ),
    "war_aim": (
        "The aim of the campaign is to create conditions that guarantee the security of the "
        "province, General Ilan Petras said. Talks with the other side broke down in spring."
    ),
    "advice": (
        "The bishop of Lund advised both parties to think about realistic demands for "
        "negotiations. He called their quarrel a tragedy."
    ),
    "forecast": (
        "Economists doubt that an agreement will be reached before the winter. If the strike "
        "goes on, growth could fall by a point, they said after the talks."
    ),
    "ranking": (
        "A settlement would be the best outcome, short of a full retreat, the analyst Vera "
        "Blom said of the negotiations."
    ),
    "conditions_not_ripe": (
        "“We are creating the conditions for talks,” mediator Sam Oduya said. Conditions for "
        "dialogue do not exist yet, he added."
    ),
    "no_guarantee": (
        "There is no guarantee that the talks will succeed, the minister's spokeswoman said "
        "without hesitation."
    ),
    "dropped": (
        "The pilots dropped their preconditions for talks on Tuesday, and the airline "
        "welcomed the step."
    ),
    "plain_wish": (
        "Talks should begin as soon as possible, the chairman of the council said. The "
        "negotiations must continue."
    ),
}
