### Bir soru: kim, kime, ne, neden, ne zamana kadar; evet, hayır ve sessiz kalmak ne demek. Bu sözler imzalanır.

## En üstte

question-title-consent = { $sender } soruyor: { $recipient } bunu bilebilir mi?
question-title-statutory = { $sender } bilgi gönderiyor. Alan: { $recipient }
question-title-safety = { $sender } bir endişe bildirdi. Alan: { $recipient }
question-at-desk = { $organisation }, { $desk }

flow-title = Nereye gidiyor?
flow-from = Şu anda burada
flow-between = Yolda her şey kapalıdır. Handdruk okuyamaz.
flow-stops = Burada durur. Başka kimse almaz.

facts-title = Kısaca
fact-from = Kim soruyor
fact-sends = Kim gönderiyor
fact-to = Kim alıyor
fact-why = Neden
fact-ground = Buna izin var mı
fact-law = Kurallar
fact-until = Bu sorunun geçerlilik tarihi
fact-until-statutory = Son gönderme tarihi
fact-keep = Alıcının saklayabileceği süre
fact-told = { $you ->
        [je] Bunu öğrendiğin tarih
       *[u] Bunu öğrendiğiniz tarih
    }

## İçerik

content-title = Gönderilecek olan tam olarak budur
content-title-sent = Gönderilen ya da hazır bekleyen tam olarak buydu
content-checked = { $you ->
        [je] Tarayıcın bunu kontrol etti. { $sender } ne kaydettiyse tam olarak o.
       *[u] Tarayıcınız bunu kontrol etti. { $sender } ne kaydettiyse tam olarak o.
    }
content-withheld = { $you ->
        [je] Başkasına ait. Sen bunu görmezsin.
       *[u] Başkasına ait. Siz bunu görmezsiniz.
    }
content-withheld-more = { $you ->
        [je] Bu da gönderilir. Görmediklerin de kayıtlı ve kontrol edildi.
       *[u] Bu da gönderilir. Görmedikleriniz de kayıtlı ve kontrol edildi.
    }
content-person = Kişi { $number }
content-item = Numara { $number }
content-title-names = Konusu şu
content-waiting = { $you ->
        [je] Bilgilerin kendisi henüz burada değil. { $sender } hazırlıyor. Ancak gördükten sonra evet diyebilirsin.
       *[u] Bilgilerin kendisi henüz burada değil. { $sender } hazırlıyor. Ancak gördükten sonra evet diyebilirsiniz.
    }
content-expected = Bilgiler hazırlanıyor. Burada kendiliğinden görünecekler.
content-arrived = Bilgiler artık burada.
value-yes = evet
value-no = hayır
value-secret = gizli

## Kim karar verir

who-title = Kim karar verir?
who-law = { $you ->
        [je] Bunu kanun zorunlu kılıyor. İzin vermen gerekmez. Önce her şeyi görebilir ve bir şeyler yazabilirsin.
       *[u] Bunu kanun zorunlu kılıyor. İzin vermeniz gerekmez. Önce her şeyi görebilir ve bir şeyler yazabilirsiniz.
    }
who-law-notice = Bunu kanun zorunlu kılıyor. Bu yüzden kimse izin istemez.
who-law-parts-self = Bunu kanun zorunlu kılıyor. Yalnızca sağlıkla ilgili bilgilere sen karar verirsin.
who-law-parts = Bunu kanun zorunlu kılıyor. Yalnızca sağlıkla ilgili bilgilere genç karar verir.
who-all = Sorulan herkesin evet demesi gerekir.
who-parents = { $you ->
        [je] Annen baban veya vasin. Hiçbiri hayır demezse bir evet yeter.
       *[u] Anne baba veya vasi. Hiçbiri hayır demezse bir evet yeter.
    }
who-together = { $you ->
        [je] Bir ebeveyn veya vasiyle birlikte karar verirsin. Her biriniz hayır diyebilir. Verdiğin izni sonra geri alabilirsin.
       *[u] Bir ebeveyn veya vasi, çocukla birlikte karar verir. Her biri hayır diyebilir. Verdiğiniz izni sonra geri alabilirsiniz.
    }
who-self = { $you ->
        [je] Tek başına sen karar verirsin. Annen baban buna karar vermez.
       *[u] Tek başınıza siz karar verirsiniz.
    }
who-young = Genç tek başına karar verir.
who-safety = Güvenlik için endişelenen biri, bunu izin almadan bildirebilir.
who-investigation = Velayet hakkında bir inceleme var. Hayırınız sayılır. Evetiniz şimdilik sayılmaz.

## Sessiz kalmak

silence-title = { $you ->
        [je] Hiçbir şey yapmazsan
       *[u] Hiçbir şey yapmazsanız
    }
silence-nothing = { $you ->
        [je] Bir şey yapman gerekmez.
       *[u] Bir şey yapmanız gerekmez.
    }
silence-no-consent = { $you ->
        [je] Sen evet demeden hiçbir şey gönderilmez.
       *[u] Siz evet demeden hiçbir şey gönderilmez.
    }
silence-others = { $you ->
        [je] Bir şey dememek evet demek değildir. Başka biri evet derse, şu tarihten sonra gönderilebilir: { $date }. Önce sen hayır dersen gönderilemez.
       *[u] Bir şey dememek evet demek değildir. Başka biri evet derse, şu tarihten sonra gönderilebilir: { $date }. Önce siz hayır derseniz gönderilemez.
    }
silence-no-yes = Bir şey dememek evet demek değildir.
silence-inspection = { $you ->
        [je] Bilgilere şu tarihe kadar bakabilirsin: { $date }. Sonra gönderilirler.
       *[u] Bilgilere şu tarihe kadar bakabilirsiniz: { $date }. Sonra gönderilirler.
    }
silence-inspection-undated = Bakma süresi dolunca bilgiler gönderilir.
silence-goes-on = Bilgiler gönderilir.
over-received = Bilgiler ulaştı.
over-ended = Bu sona erdi. Artık bir şey gönderilmez.

## Hayır

no-title = { $you ->
        [je] Hayır dersen
       *[u] Hayır derseniz
    }
no-parts = { $you ->
        [je] Her bölüm için hayır diyebilirsin. Verdiğin izni sonra geri alabilirsin. O zamana kadar bir şey gönderildiyse, alıcının sildiğini mi yoksa saklamak zorunda mı olduğunu öğrenirsin.
       *[u] Her bölüm için hayır diyebilirsiniz. Verdiğiniz izni sonra geri alabilirsiniz. O zamana kadar bir şey gönderildiyse, alıcının sildiğini mi yoksa saklamak zorunda mı olduğunu öğrenirsiniz.
    }
no-required = Bu bölümler olmadan hiçbir şey gönderilmez: { $categories }.
no-optional = Şu bölümlerde hayır derseniz yalnızca o bölüm gönderilmez: { $categories }.
no-help = { $you ->
        [je] Hayır desen de yardım alabilirsin. Yardım o zaman bu bilgiler olmadan başlar.
       *[u] Hayır deseniz de { $child } yardım alabilir. Yardım o zaman bu bilgiler olmadan başlar.
    }
no-effect-law = { $you ->
        [je] Hayır demek bunu durdurmaz. Ama ne düşündüğünü yazabilirsin. Bu da gönderilir.
       *[u] Hayır demek bunu durdurmaz. Ama ne düşündüğünüzü yazabilirsiniz. Bu da gönderilir.
    }
no-effect-other = { $you ->
        [je] Senin evet ya da hayırın burada bir şeyi değiştirmez. Başka biri karar verir.
       *[u] Sizin evet ya da hayırınız burada bir şeyi değiştirmez. Başka biri karar verir.
    }

## Aramak

call-title = Kim kimi, ne zamana kadar arar?
call-takes-on = Bilgiler ulaşınca { $recipient }, { $days } içinde işin devam edip etmeyeceğini söyler.
call-talk = { $you ->
        [je] Devam ederse { $recipient } bir görüşme için { $days } içinde seni arar. { $sender } de görüşmeye katılır.
       *[u] Devam ederse { $recipient } bir görüşme için { $days } içinde sizi arar. { $sender } de görüşmeye katılır.
    }
call-talk-young = Devam ederse { $recipient } bir görüşme için { $days } içinde genci arar.
call-held-before-start = Bu görüşme, okulun ilk gününden en geç { $days } önce yapılır.
call-held-start = Bu görüşme, okulun ilk gününden sonra { $days } içinde yapılır.
call-held-stage = Bu görüşme, kararlaştırıldıktan sonra { $days } içinde yapılır.
call-short = { $you ->
        [je] Devam ederse { $recipient } işi { $days } içinde bitirir. Sorulacak bir şey olursa { $recipient } seni arar.
       *[u] Devam ederse { $recipient } işi { $days } içinde bitirir. Sorulacak bir şey olursa { $recipient } sizi arar.
    }
call-safety = { $recipient } kimi arayacağına kendisi karar verir.
call-late = Bu zamanında olmazsa { $sender } ve { $recipient } bundan haberdar olur.
call-late-family = { $you ->
        [je] Bu zamanında olmazsa { $sender } ve { $recipient } bundan haberdar olur. Sen de bu sayfada görürsün.
       *[u] Bu zamanında olmazsa { $sender } ve { $recipient } bundan haberdar olur. Siz de bu sayfada görürsünüz.
    }
days-working = { $count ->
        [one] 1 iş günü
       *[other] { $count } iş günü
    }
days-school = { $count ->
        [one] 1 okul günü
       *[other] { $count } okul günü
    }
days-calendar = { $count ->
        [one] 1 gün
       *[other] { $count } gün
    }
phone-title = Telefonla konuşmak ister misiniz?
phone-letter = { $you ->
        [je] Sorun mu var? Ara: { $sender }. Numara mektubunda yazıyor.
       *[u] Sorunuz mu var? Arayın: { $sender }. Numara mektubunuzda yazıyor.
    }
phone-number = { $you ->
        [je] Sorun mu var? Ara: { $sender }, { $phone }
       *[u] Sorunuz mu var? Arayın: { $sender }, { $phone }
    }

## Ulaştıktan sonra

warm-title = Nasıl devam ediyor?
warm-received = { $recipient } en geç şu tarihte devam edip etmeyeceğini söyler: { $date }.
warm-waiting = Bekleme listesi var. { $recipient } durumu en geç şu tarihte bildirir: { $date }.
warm-declined = { $recipient } bunu kabul etmedi. { $sender } başka bir yol arıyor. En geç: { $date }.
warm-no-recipient = Henüz kimse bulunamadı. { $sender } aramaya devam ediyor. Durumu en geç şu tarihte bildirir: { $date }.
warm-accepted-talk = { $you ->
        [je] { $recipient } bir görüşme için seni en geç şu tarihte arar: { $date }.
       *[u] { $recipient } bir görüşme için sizi en geç şu tarihte arar: { $date }.
    }
warm-accepted-short = { $recipient } işi en geç şu tarihte bitirir: { $date }.
warm-talk-planned = Bir görüşme kararlaştırıldı. En geç: { $date }.
warm-talk-held = Görüşme yapıldı. { $recipient } başlayıp başlamadığını en geç şu tarihte söyler: { $date }.
warm-started = Başladı. { $recipient } birlikte ne zaman bakılacağını en geç şu tarihte söyler: { $date }.
warm-not-started = Henüz başlamadı. { $sender } ve { $recipient } bunu en geç şu tarihte çözer: { $date }.
warm-aftercare-planned = { $you ->
        [je] { $recipient } nasıl gittiğine seninle birlikte bakar. En geç: { $date }.
       *[u] { $recipient } nasıl gittiğine sizinle birlikte bakar. En geç: { $date }.
    }
warm-aftercare-held = Nasıl gittiğine bakıldı. { $recipient } işi en geç şu tarihte bitirir: { $date }.
warm-late = Bu gecikti. Kurumların bundan haberi var.

## Yanıt vermek

answer-title = { $you ->
        [je] Yanıtın
       *[u] Yanıtınız
    }
answer-intro = { $you ->
        [je] Her bölümde evet ya da hayırı seç. Henüz hiçbir şey kesin değil. Birazdan her şeye yeniden bakarsın.
       *[u] Her bölümde evet ya da hayırı seçin. Henüz hiçbir şey kesin değil. Birazdan her şeye yeniden bakarsınız.
    }
answer-required = Bu bölüm olmadan hiçbir şey gönderilmez.
answer-optional = Hayır derseniz yalnızca bu bölüm gönderilmez.
answer-yes = Evet
answer-no = Hayır
answer-all-yes = Hepsine evet
answer-all-no = Hepsine hayır
answer-next = Devam
answer-missing = { $count ->
        [one] Bir bölümde daha evet ya da hayırı seçin.
       *[other] { $count } bölümde daha evet ya da hayırı seçin.
    }
answer-only-no = { $you ->
        [je] Burada yalnızca hayır diyebilirsin. Neye hayır dediğini işaretle.
       *[u] Burada yalnızca hayır diyebilirsiniz. Neye hayır dediğinizi işaretleyin.
    }
answer-object = İtiraz et
answer-object-missing = En az bir bölümü işaretleyin.
answer-change = Yanıtı değiştir
answer-given-title = { $you ->
        [je] Dediklerin
       *[u] Dedikleriniz
    }
choice-agree = evet
choice-refuse = hayır
choice-withdraw = izin geri alındı
choice-object = itiraz

## Geri almak

withdraw-title = İzni geri almak
withdraw-intro = { $you ->
        [je] Her zaman durdurabilirsin. Nedenini söylemen gerekmez.
       *[u] Her zaman durdurabilirsiniz. Nedenini söylemeniz gerekmez.
    }
withdraw-intro-sent = { $you ->
        [je] Bir şeyler gönderildi bile. Alıcı, silindiğini mi saklandığını mı bildirmek zorunda. Bunu burada okursun.
       *[u] Bir şeyler gönderildi bile. Alıcı, silindiğini mi saklandığını mı bildirmek zorunda. Bunu burada okursunuz.
    }
withdraw-intro-queued = Bundan sonra hiçbir şey gönderilmez. Hazır bekleyenler hemen silinir.
withdraw-due = { $organisation }, geri alma isteğine en geç { $date } tarihinde yanıt vermelidir.
withdraw-due-late = Bu yanıt gecikti. Kurumların bundan haberi var.
withdraw-all = Hepsini geri al
withdraw-part = Bir bölümünü geri al
withdraw-next = Devam

## Bakmak ve görüş

inspect-title = Gördünüz mü?
inspect-intro = { $you ->
        [je] Her şeye baktın mı? O zaman kimsenin seni beklemesi gerekmez. Bu izin vermek değildir.
       *[u] Her şeye baktınız mı? O zaman kimsenin sizi beklemesi gerekmez. Bu izin vermek değildir.
    }
inspect-confirm = Bunu gördüm
inspect-done = { $you ->
        [je] Bunu gördüğünü bildirdin.
       *[u] Bunu gördüğünüzü bildirdiniz.
    }
view-title = { $you ->
        [je] Sen ne düşünüyorsun?
       *[u] Siz ne düşünüyorsunuz?
    }
view-intro = { $you ->
        [je] Ne düşündüğünü yaz. Yazdığını { $recipient } alır. { $sender } de okur. Başka kimse okuyamaz.
       *[u] Ne düşündüğünüzü yazın. Yazdığınızı { $recipient } alır. { $sender } de okur. Başka kimse okuyamaz.
    }
view-agree-legend = { $you ->
        [je] Bu bilgilere katılıyor musun?
       *[u] Bu bilgilere katılıyor musunuz?
    }
view-yes = Evet, katılıyorum
view-no = Hayır, katılmıyorum
view-unknown = Söylememeyi tercih ederim
view-text = Alıcı neyi bilmeli? (boş kalabilir)
view-left = { $count ->
        [one] 1 işaret kaldı.
       *[other] { $count } işaret kaldı.
    }
view-too-long = Bu çok uzun. Kısaltın.
view-missing = { $you ->
        [je] Önce katılıp katılmadığını seç.
       *[u] Önce katılıp katılmadığınızı seçin.
    }
view-late = Bu zaten kapatılmıştı. Görüşünüz artık birlikte gitmiyor. { $sender } yine de okur ve { $recipient } kurumuna iletebilir.
view-send = Devam
view-open = Görüş yaz

## Kontrol etmek ve imzalamak

check-title = Bu doğru mu?
check-intro = { $you ->
        [je] Bunu imzalıyorsun. Sonra kesinleşir.
       *[u] Bunu imzalıyorsunuz. Sonra kesinleşir.
    }
check-yes = { $you ->
        [je] Evet dediğin bölümler
       *[u] Evet dediğiniz bölümler
    }
check-no = { $you ->
        [je] Hayır dediğin bölümler
       *[u] Hayır dediğiniz bölümler
    }
check-withdraw = { $you ->
        [je] İznini geri aldığın bölümler
       *[u] İzninizi geri aldığınız bölümler
    }
check-object = { $you ->
        [je] İtiraz ettiğin bölümler
       *[u] İtiraz ettiğiniz bölümler
    }
check-means = O zaman şu olur
check-means-all = { $you ->
        [je] Başka kimse hayır demezse { $recipient } gördüğün her şeyi alır.
       *[u] Başka kimse hayır demezse { $recipient } gördüğünüz her şeyi alır.
    }
check-means-part = Gönderilmeyecek olan: { $categories }. Geri kalanı gönderilebilir. Alacak olan: { $recipient }.
check-means-part-law = Gönderilmeyecek olan: { $categories }. Geri kalanı gönderilir. Bunu kanun zorunlu kılıyor. Alacak olan: { $recipient }.
check-means-none = Hiçbir şey gönderilmez.
check-means-required = Gerekli olan: { $categories }. O olmadan hiçbir şey gönderilmez. Gönderen kurumdan ({ $sender }) biri sizinle konuşacak.
check-means-stop = Bundan sonra bu bölümlerden hiçbir şey gönderilmez.
check-means-answer = { $recipient } silindiğini mi saklandığını mı bildirmek zorunda.
check-means-later = { $you ->
        [je] Fikrini sonra değiştirebilirsin.
       *[u] Fikrinizi sonra değiştirebilirsiniz.
    }
check-seen = { $you ->
        [je] Her şeyi gördüğünü bildiriyorsun. Bu izin vermek değildir.
       *[u] Her şeyi gördüğünüzü bildiriyorsunuz. Bu izin vermek değildir.
    }
check-view = { $you ->
        [je] Görüşün de gönderilir:
       *[u] Görüşünüz de gönderilir:
    }
check-sign = İmzala
check-back = Geri
check-busy = İmzalanıyor.

## Alındı belgesi

receipt-title = İmzalandı
receipt-title-view = { $you ->
        [je] Görüşün gönderildi
       *[u] Görüşünüz gönderildi
    }
receipt-kept = { $you ->
        [je] İstersen bu belgeyi sakla. Yanıtını genel bakışta da bulursun.
       *[u] İsterseniz bu belgeyi saklayın. Yanıtınızı genel bakışta da bulursunuz.
    }
receipt-at = İmza tarihi
receipt-about = Konu
receipt-said = Yanıt
receipt-seen = görüldü
receipt-stage = Şu anki durum
receipt-evidence = Kanıt defterindeki numara
receipt-digest = Metnin parmak izi
receipt-digest-hint = Bununla herkes sonradan ekranda hangi metnin durduğunu kontrol edebilir.
receipt-print = Belgeyi yazdır
receipt-download = Belgeyi kaydet
receipt-released-title = Daha önce gönderilenler
receipt-released-none = Henüz bir şey gönderilmemişti.
receipt-released-arrived = { $date }: { $categories }. Ulaştı.
receipt-released-under-way = { $date }: { $categories }. Yolda.
receipt-released-answer = { $recipient } bunu hemen öğrenir ve yanıt vermek zorunda: silindi, ya da saklandı ve neden.
receipt-overview = Genel bakışa git

## Durum

stage-awaiting = yanıt bekleniyor
stage-blocked = yapılmıyor, biri sizinle konuşacak
stage-permitted = gönderilebilir
stage-submitted = alıcı için hazır
stage-released = yolda
stage-received = ulaştı
stage-quarantined = alıcı ayrı bir yere koydu
stage-retracted = geri alındı
stage-expired = süresi doldu

## Okuma yardımı

speak-start = Sesli oku
speak-stop = Okumayı durdur
question-history = Neler oldu?
question-unknown = Bu soru yok, ya da sizin için değil.
question-dutch-beside = Geçerli olan Hollandaca metindir
question-window = Soru
question-loading-page = Soru alınıyor ve kontrol ediliyor.
question-to-answer = Cevaba git
