use super::*;
use proptest::prelude::*;

const CODES: [&str; 5] = [
    "91420600MADEM00114",
    "91420600MADEM002XU",
    "91420600MADEM0038U",
    "91420600MADEM0046N",
    "91420600MADEM0054H",
];

fn entrants(weights: &[u64]) -> Vec<Entrant> {
    weights
        .iter()
        .enumerate()
        .map(|(i, &weight)| Entrant {
            seq: i as u32 + 1,
            uscc: CODES[i].into(),
            weight,
            nonce: sha256(format!("nonce-{}", i + 1).as_bytes()),
        })
        .collect()
}

fn setup(beacon: &str) -> Setup {
    let half = "00112233445566778899aabbccddeeff";
    Setup {
        notice_no: "ZJXY420606202603150001".into(),
        server_seed: Hex32::parse(&format!("{half}{half}")).expect("hex"),
        beacon_rule: if beacon.is_empty() {
            BeaconRule::None
        } else {
            BeaconRule::DrandQuicknet
        },
        beacon: beacon.into(),
    }
}

struct Vector {
    weights: &'static [u64],
    purpose: Purpose,
    count: usize,
    beacon: &'static str,
    entrants_hash: &'static str,
    final_value: &'static str,
    /// (seq, counter, word, ticket, total)
    picks: &'static [(usize, u32, u64, u64, u64)],
}

/// The vectors of specs/draw.md.
const VECTORS: [Vector; 3] = [
    Vector {
        weights: &[1, 1, 1, 1, 1],
        purpose: Purpose::Winner,
        count: 2,
        beacon: "",
        entrants_hash: "e90431862b976c649773a0225d0aa719409b65d5dbcb9e6360f95083d673049e",
        final_value: "1a86c056a734f803e9fb7ec02afefe16cca6fb77023a7c754a55cabe931f83ed",
        picks: &[
            (4, 0, 933895529929944838, 3, 5),
            (5, 1, 14987795527659521163, 3, 4),
        ],
    },
    Vector {
        weights: &[5, 3, 3, 2, 1],
        purpose: Purpose::Winner,
        count: 3,
        beacon: "drand-quicknet:657413:fc1873a1",
        entrants_hash: "eb322464f3036290acef2502dbd5572569b96cc87a5abaa0cbd2691b353c01b7",
        final_value: "14114e418baf9e2d8de7bad14916352735257505acad73a5552fe3bc012e058b",
        picks: &[
            (3, 0, 4232458330291491435, 9, 14),
            (2, 1, 5747294057335923957, 7, 11),
            (4, 2, 4748813158740830598, 6, 8),
        ],
    },
    Vector {
        weights: &[1, 1, 1],
        purpose: Purpose::Tie,
        count: 1,
        beacon: "",
        entrants_hash: "0ddbdbd82b1cfe7972c3b026d1eee97053ee7cc39a57441db989935f25da55e5",
        final_value: "ff3492461852621d34d827dcd783bf160dc1c370b4827dc7d5ed107837c494d2",
        picks: &[(3, 0, 1574734377447910979, 2, 3)],
    },
];

#[test]
fn the_vectors_of_the_specification_hold() {
    for (i, vector) in VECTORS.iter().enumerate() {
        let evidence = draw(
            &setup(vector.beacon),
            vector.purpose,
            entrants(vector.weights),
            vec![],
            vector.count,
        );
        assert_eq!(
            evidence.seed_commitment.to_string(),
            "4773d12e2371bb935b9a0f5439b4a1c3ad3f2414b86980f8418d1cfabdfadfef"
        );
        assert_eq!(
            evidence.entrants_hash.to_string(),
            vector.entrants_hash,
            "vector {i}"
        );
        assert_eq!(
            evidence.final_value().to_string(),
            vector.final_value,
            "vector {i}"
        );
        let picks: Vec<_> = evidence
            .picks
            .iter()
            .map(|p| {
                let seq = CODES
                    .iter()
                    .position(|code| *code == p.uscc)
                    .expect("known")
                    + 1;
                (seq, p.counter, p.word, p.ticket, p.total)
            })
            .collect();
        assert_eq!(picks, vector.picks, "vector {i}");
        assert!(evidence.is_right());
    }
}

#[test]
fn evidence_is_the_json_of_the_specification() {
    let evidence = draw(
        &setup(""),
        Purpose::Winner,
        entrants(&[1, 1, 1, 1, 1]),
        vec![],
        1,
    );
    let json: serde_json::Value = serde_json::to_value(&evidence).expect("serialises");
    assert_eq!(json["purpose"], "winner");
    assert_eq!(json["picks"][0]["word"], "933895529929944838");
    assert_eq!(json["picks"][0]["ticket"], 3);
    let back: Evidence = serde_json::from_value(json).expect("parses");
    assert_eq!(back, evidence);
}

#[test]
fn the_other_purposes_are_independent() {
    let of =
        |purpose| draw(&setup(""), purpose, entrants(&[1, 1, 1, 1, 1]), vec![], 1).picks[0].word;
    assert_ne!(of(Purpose::Winner), of(Purpose::Tie));
    assert_ne!(of(Purpose::ReferenceK), of(Purpose::Inspection));
}

fn any_entrants() -> impl Strategy<Value = Vec<Entrant>> {
    proptest::collection::vec((1u64..9, any::<[u8; 32]>()), 1..20).prop_map(|list| {
        list.into_iter()
            .enumerate()
            .map(|(i, (weight, nonce))| Entrant {
                seq: i as u32 + 1,
                uscc: format!("code-{i}"),
                weight,
                nonce: Hex32(nonce),
            })
            .collect()
    })
}

fn any_setup() -> impl Strategy<Value = Setup> {
    any::<[u8; 32]>().prop_map(|seed| Setup {
        server_seed: Hex32(seed),
        ..setup("")
    })
}

proptest! {
    #[test]
    fn a_draw_picks_distinct_entrants_and_replays(setup in any_setup(), entrants in any_entrants(), count in 1usize..5) {
        let evidence = draw(&setup, Purpose::Winner, entrants.clone(), vec![], count);
        prop_assert_eq!(evidence.picks.len(), count.min(entrants.len()));
        let mut picked: Vec<_> = evidence.picks.iter().map(|p| p.uscc.clone()).collect();
        picked.sort();
        picked.dedup();
        prop_assert_eq!(picked.len(), evidence.picks.len());
        prop_assert!(evidence.picks.iter().all(|p| p.ticket < p.total));
        prop_assert!(evidence.is_right());
    }

    #[test]
    fn more_backups_never_change_the_winner(setup in any_setup(), entrants in any_entrants()) {
        let one = draw(&setup, Purpose::Winner, entrants.clone(), vec![], 1);
        let three = draw(&setup, Purpose::Winner, entrants, vec![], 3);
        prop_assert_eq!(&one.picks[0], &three.picks[0]);
    }

    #[test]
    fn no_change_of_the_evidence_goes_unnoticed(setup in any_setup(), entrants in any_entrants(), at in 0usize..20, what in 0u8..7) {
        let right = draw(&setup, Purpose::Winner, entrants, vec![], 2);
        let mut changed = right.clone();
        let at = at % changed.entrants.len();
        match what {
            0 => changed.server_seed.0[0] ^= 1,
            1 => changed.entrants[at].weight += 1,
            2 => changed.entrants[at].nonce.0[31] ^= 1,
            3 => changed.entrants[at].uscc.push('x'),
            4 => changed.picks[0].ticket = changed.picks[0].ticket.wrapping_add(1),
            5 => { changed.entrants.remove(at); }
            _ => changed.picks[0].uscc.push('x'),
        }
        prop_assert!(!changed.is_right());
    }
}

#[test]
fn every_entrant_wins_its_share() {
    let weights = [5u64, 3, 3, 2, 1];
    let mut wins = [0u32; 5];
    let rounds = 14_000u32;
    for round in 0..rounds {
        let setup = Setup {
            server_seed: sha256(&round.to_be_bytes()),
            ..setup("")
        };
        let evidence = draw(&setup, Purpose::Winner, entrants(&weights), vec![], 1);
        wins[CODES
            .iter()
            .position(|code| *code == evidence.picks[0].uscc)
            .expect("known")] += 1;
    }
    for (won, weight) in wins.into_iter().zip(weights) {
        let expected = rounds / 14 * weight as u32;
        assert!(
            won.abs_diff(expected) < expected / 5 + 60,
            "{won} of {expected}"
        );
    }
}

#[test]
fn a_beacon_rule_is_published_under_its_code() {
    for rule in BeaconRule::ALL {
        assert_eq!(BeaconRule::parse(rule.code()), Some(rule));
        assert_eq!(
            serde_json::to_value(rule).expect("a text"),
            serde_json::Value::from(rule.code())
        );
    }
    assert_eq!(BeaconRule::parse("dice"), None);
}
